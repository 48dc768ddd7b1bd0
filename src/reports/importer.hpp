// SPDX-License-Identifier: MIT
// Takes reports from where they lie into the database. A file goes when what
// was in it is on the disk, and not before: who is killed in between reads it
// again, and the database knows its reports.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "reports/database.hpp"
#include "reports/failed_folder.hpp"
#include "reports/reader_process.hpp"
#include "reports/sources.hpp"
#include "result.hpp"

namespace mtasts::reports {

struct ImportCounts {
  std::size_t items = 0;
  std::size_t reports = 0;
  std::size_t failed = 0;      // items that are no report, and are kept
  std::size_t unreadable = 0;  // files that stay where they are
  Insertion policies = {};

  friend bool operator==(const ImportCounts&, const ImportCounts&) = default;
};

/// What to say of an item that failed, and where it is kept now; empty: where
/// it was.
using TellFailure = std::function<void(const Place& place, const Error& reason,
                                       const std::string& kept)>;

struct ImportSettings {
  Intake intake = {};
  std::string failed = {};     // path of the folder
  bool removes_files = false;  // those that have nothing else in them
  std::chrono::sys_seconds now = {};
  TellFailure tell_failure = {};
  ReaderLimits limits = {};
};

class Importer final : public SourceVisitor {
 public:
  Importer(Database& database, ImportSettings settings);

  Result<void> item(const Item& item, const Place& place) override;
  Result<void> unreadable(const Error& error, const Place& place) override;
  /// At the end: until then the last ones may not be in the database.
  Result<void> commit();

  const ImportCounts& counts() const { return counts_; }

 private:
  Result<void> fail_item(const Error& error, const Item& item,
                         const Place& place);
  Result<void> commit_when_due();

  Database& database_;
  ImportSettings settings_;
  FailedFolder failed_;
  ReaderProcess reader_;
  ImportCounts counts_;
  std::size_t uncommitted_ = 0;                  // items
  std::chrono::steady_clock::time_point first_;  // when the first of them came
  std::vector<std::string> done_;  // files to be removed after the commit
};

}  // namespace mtasts::reports
