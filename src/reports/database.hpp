// SPDX-License-Identifier: MIT
// The database of reports as its importers write it; query.hpp reads it. Any
// number of programs may have it open at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reports/received_report.hpp"
#include "reports/sqlite.hpp"
#include "result.hpp"

namespace mtasts::reports {

/// What is taken of reports, and from whom they are believed.
struct Intake {
  /// Of a domain in lower case; what reports say of others is left aside. Empty
  /// function: all are ours.
  std::function<bool(std::string_view domain)> is_ours = {};
  std::vector<std::string> trusted_authserv_ids = {};  // see trust.hpp
};

/// What has become of the policies of reports.
struct Insertion {
  std::size_t stored = 0;
  /// The same organization has reported the same before: by report-id,
  /// policy-domain, policy-type and start-datetime, or the very same JSON. Of
  /// two the first one counts.
  std::size_t duplicates = 0;
  std::size_t foreign = 0;  // of domains that are not ours, or of none

  Insertion& operator+=(const Insertion& other);
  friend bool operator==(const Insertion&, const Insertion&) = default;
};

class Database {
 public:
  /// Makes the file and its tables where they are missing.
  static Result<Database> open(const std::string& path);
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;

  /// Adds a report that came at `now`. It is there for good, and for others to
  /// see, once commit() has said so. After an error nothing is that was
  /// inserted since the last commit.
  Result<Insertion> insert(const ReceivedReport& received, const Intake& intake,
                           std::chrono::sys_seconds now);

  /// Until then others can't write: a second of insertions, or some thousand,
  /// are a good measure. What it says is on the disk survives a power cut.
  Result<void> commit();

  /// Removes what was reported of days that were over before `time`, in pieces
  /// that keep nobody waiting, and gives its room back; the number of policies
  /// of reports that are gone.
  Result<std::size_t> remove_before(std::chrono::sys_seconds time);

 private:
  class Writer;
  explicit Database(std::unique_ptr<Writer> writer);

  std::unique_ptr<Writer> writer_;
};

}  // namespace mtasts::reports
