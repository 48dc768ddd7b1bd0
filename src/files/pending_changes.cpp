// SPDX-License-Identifier: MIT
#include "files/pending_changes.hpp"

#include <algorithm>
#include <utility>

namespace mtasts::files {
namespace {

using std::chrono::milliseconds;

// A file that was closed may be opened once more: editors and shells write in
// steps.
constexpr milliseconds k_quiet_after_event{200};
// Without events nobody says that a writer is done, so a look has to be equal
// to one a whole second earlier.
constexpr milliseconds k_quiet_after_look{1000};
// What has come to rest waits so long for what has not.
constexpr milliseconds k_patience{2000};

}  // namespace

bool PendingChanges::update(const FileChanges& found, Moment now,
                            const Predicate& is_told,
                            const Predicate& is_written) {
  std::erase_if(entries_,
                [&](const auto& one) { return !found.contains(one.first); });
  const std::size_t known_before = entries_.size();
  for (const auto& [path, stamp] : found) {
    const bool told = is_told(path, stamp);
    const milliseconds quiet = told ? k_quiet_after_event : k_quiet_after_look;
    const auto [known, is_new] = entries_.try_emplace(
        path, Entry{stamp, now.steady, now.steady, now.wall, quiet});
    Entry& entry = known->second;
    if (entry.stamp != stamp) {
      entry.stamp = stamp;
      entry.moved = now.steady;
      entry.quiet = quiet;
    } else if (told && !is_new) {
      entry.quiet = k_quiet_after_event;
    }
    entry.is_written = is_written(path, stamp);
  }
  return entries_.size() != known_before;
}

void PendingChanges::restart(const FileChanges& moved, Moment now) {
  for (const auto& [path, stamp] : moved) {
    entries_.insert_or_assign(path, Entry{stamp, now.steady, now.steady,
                                          now.wall, k_quiet_after_look});
  }
}

Paths PendingChanges::paths() const {
  Paths all;
  for (const auto& one : entries_) all.insert(all.end(), one.first);
  return all;
}

bool PendingChanges::is_ripe(Time now, std::optional<Time> wanted) const {
  std::optional<Time> since = wanted;
  bool is_soon_done = false;
  for (const auto& [path, entry] : entries_) {
    if (entry.has_rested(now)) {
      const Time ready = entry.moved + entry.quiet;
      since = since ? std::min(*since, ready) : ready;
    } else if (now - entry.first < k_patience) {
      is_soon_done = true;
    }
  }
  return since && (!is_soon_done || now - *since >= k_patience);
}

FileChanges PendingChanges::take(Time now) {
  FileChanges rested;
  std::erase_if(entries_, [&](const auto& one) {
    if (!one.second.has_rested(now)) return false;
    rested.emplace_hint(rested.end(), one.first, one.second.stamp);
    return true;
  });
  return rested;
}

std::vector<PendingChange> PendingChanges::overdue(Time now) const {
  std::vector<PendingChange> all;
  for (const auto& [path, entry] : entries_) {
    if (entry.has_rested(now) || now - entry.first < k_patience) continue;
    all.push_back({path.text(), entry.since});
  }
  return all;
}

}  // namespace mtasts::files
