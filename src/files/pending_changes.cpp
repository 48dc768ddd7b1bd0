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

bool PendingChanges::Entry::is_overdue(Time now) const {
  return !has_rested(now) && now - first >= k_patience;
}

bool PendingChanges::Entry::is_soon_done(Time now) const {
  return !has_rested(now) && now - first < k_patience;
}

bool PendingChanges::Entry::is_ready(Time now, bool others_move) const {
  if (!has_rested(now)) return false;
  return !others_move || (at_rest && now - *at_rest >= k_quiet_after_look);
}

bool PendingChanges::update(const FileChanges& found, Moment now,
                            const Predicate& is_told,
                            const Predicate& is_written) {
  bool has_new = false;
  std::vector<Entry> next;
  next.reserve(found.size());
  auto known = entries_.begin();  // both are in the order of the paths
  for (const auto& [path, stamp] : found) {
    const bool told = is_told(path, stamp);
    const milliseconds quiet = told ? k_quiet_after_event : k_quiet_after_look;
    while (known != entries_.end() && known->path < path) ++known;
    if (known == entries_.end() || known->path != path) {
      next.push_back({path, stamp, now.steady, now.steady, now.wall, quiet});
      has_new = true;
    } else {
      Entry& entry = next.emplace_back(std::move(*known++));
      if (entry.stamp != stamp) {
        entry.stamp = stamp;
        entry.moved = now.steady;
        entry.quiet = quiet;
      } else if (told) {
        entry.quiet = k_quiet_after_event;
      }
    }
    Entry& last = next.back();
    last.is_written = is_written(path, stamp);
    if (!last.has_rested(now.steady)) {
      last.at_rest.reset();
    } else if (!last.at_rest) {
      last.at_rest = now.steady;
    }
  }
  entries_ = std::move(next);
  return has_new;
}

void PendingChanges::restart(const FileChanges& moved, Moment now) {
  std::erase_if(entries_,
                [&](const Entry& one) { return find(moved, one.path); });
  for (const auto& [path, stamp] : moved) {
    entries_.push_back(
        {path, stamp, now.steady, now.steady, now.wall, k_quiet_after_look});
  }
  std::ranges::sort(entries_, {}, &Entry::path);
}

Paths PendingChanges::paths() const {
  Paths all;
  for (const Entry& one : entries_) all.insert(all.end(), one.path);
  return all;
}

bool PendingChanges::is_moving(Time now) const {
  return std::ranges::any_of(
      entries_, [now](const Entry& one) { return one.is_soon_done(now); });
}

bool PendingChanges::is_ripe(Time now, std::optional<Time> wanted) const {
  const bool moving = is_moving(now);
  std::optional<Time> since = wanted;
  for (const Entry& one : entries_) {
    if (!one.is_ready(now, moving)) continue;
    const Time ready = one.moved + one.quiet;
    since = since ? std::min(*since, ready) : ready;
  }
  return since && (!moving || now - *since >= k_patience);
}

FileChanges PendingChanges::take(Time now) {
  const bool moving = is_moving(now);
  FileChanges rested;
  std::erase_if(entries_, [&](const Entry& one) {
    if (!one.is_ready(now, moving)) return false;
    rested.push_back({one.path, one.stamp});
    return true;
  });
  entries_.shrink_to_fit();
  return rested;
}

std::vector<PendingChange> PendingChanges::overdue(Time now) const {
  std::vector<PendingChange> all;
  for (const Entry& one : entries_) {
    if (one.is_overdue(now)) all.push_back({one.path.text(), one.since});
  }
  return all;
}

bool PendingChanges::is_all_overdue(Time now) const {
  return std::ranges::all_of(
      entries_, [now](const Entry& one) { return one.is_overdue(now); });
}

}  // namespace mtasts::files
