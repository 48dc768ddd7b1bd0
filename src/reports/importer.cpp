// SPDX-License-Identifier: MIT
#include "reports/importer.hpp"

#include <unistd.h>

#include <utility>

namespace mtasts::reports {
namespace {

// Each commit waits for the disk; while there is none, others can't write.
constexpr std::size_t k_most_uncommitted = 2000;
constexpr std::chrono::seconds k_longest_uncommitted{1};

}  // namespace

Importer::Importer(Database& database, ImportSettings settings)
    : database_(database),
      settings_(std::move(settings)),
      failed_(settings_.failed),
      reader_(settings_.limits) {}

Result<void> Importer::item(const Item& item, const Place& place) {
  if (uncommitted_++ == 0) first_ = std::chrono::steady_clock::now();
  ++counts_.items;
  const auto read = reader_.read(item);
  if (!read) return fail(read.error());
  const ReadReports& reports = *read;
  if (!reports) return fail_item(reports.error(), item, place);
  for (const ReceivedReport& one : *reports) {
    const auto inserted =
        database_.insert(one, settings_.intake, settings_.now);
    if (!inserted) return fail(inserted.error());
    ++counts_.reports;
    counts_.policies += *inserted;
  }
  if (settings_.removes_files && place.is_whole_file) {
    done_.push_back(place.path);
  }
  return commit_when_due();
}

Result<void> Importer::unreadable(const Error& error, const Place& place) {
  ++counts_.items;
  ++counts_.unreadable;
  settings_.tell_failure(place, error, {});
  return {};
}

/// It is kept before its file goes, and nobody waits for it any more.
Result<void> Importer::fail_item(const Error& error, const Item& item,
                                 const Place& place) {
  ++counts_.failed;
  const auto kept = failed_.keep(item.octets, place.name, error, settings_.now);
  if (!kept) return fail(kept.error());
  settings_.tell_failure(place, error, *kept);
  if (settings_.removes_files && place.is_whole_file) {
    done_.push_back(place.path);
  }
  return commit_when_due();
}

Result<void> Importer::commit_when_due() {
  const bool is_due =
      uncommitted_ >= k_most_uncommitted ||
      std::chrono::steady_clock::now() - first_ >= k_longest_uncommitted;
  return is_due ? commit() : Result<void>();
}

Result<void> Importer::commit() {
  if (const auto done = database_.commit(); !done) return done;
  // Another importer may have been faster: what is gone is gone.
  for (const std::string& path : done_) ::unlink(path.c_str());
  done_.clear();
  uncommitted_ = 0;
  return {};
}

}  // namespace mtasts::reports
