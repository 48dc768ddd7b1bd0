// SPDX-License-Identifier: MIT
// What the file of a history tells of the time before this process.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "result.hpp"
#include "snapshot/guard.hpp"
#include "sts/life_cycle.hpp"

namespace mtasts::snapshot {

/// What a file tells, by domain.
struct Record {
  std::map<std::string, sts::Past, std::less<>> domains;
  std::set<std::string> ended_last;  // with the last lines, all at one time
  bool has_own_lines = false;        // one begins as ours do, good or not
  std::size_t bad_lines = 0;
  std::size_t first_bad = 0;  // from 1
  std::string why_bad;        // of the first

  /// It is another file, a configuration or a key: lines of ours would destroy
  /// it.
  bool is_foreign() const;
  /// Whether the policy with this id is served still.
  bool is_open(std::string_view domain, std::string_view id) const;
};

/// Without a file it is empty.
Result<Record> read_record(const std::string& path);

/// A warning if it was damaged.
Diagnostics check_record(const Record& record, const std::string& path);

/// Shows how `live` differs from what was served last; `now` is when its host
/// starts again. What has no place of its own is blamed on `config`. Served
/// last was what has not ended, or, when all has, what ended last: with the
/// program.
void visit_changes(const Record& before, const config::Live& live,
                   const std::string& config, std::chrono::sys_seconds now,
                   const VisitChange& visit);

/// How many domains that were.
std::size_t count_last(const Record& record);

/// Lines that end all of it at `time`.
std::string format_ends(const Record& record, std::chrono::sys_seconds time);

}  // namespace mtasts::snapshot
