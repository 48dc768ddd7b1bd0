// SPDX-License-Identifier: MIT
// From the rows of a query to values.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "reports/sqlite.hpp"
#include "result.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::reports {

/// Moments are kept as seconds of Unix time.
inline std::int64_t to_epoch(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

/// The columns of a row, one after the other.
class Row {
 public:
  explicit Row(const Statement& statement) : statement_(statement) {}

  std::string text() { return std::string(statement_.text(next_++)); }
  std::uint64_t count() {
    return static_cast<std::uint64_t>(statement_.integer(next_++));
  }
  bool flag() { return statement_.integer(next_++) != 0; }
  tlsrpt::PolicyType type() {
    return static_cast<tlsrpt::PolicyType>(statement_.integer(next_++));
  }
  std::chrono::sys_seconds time() {
    return std::chrono::sys_seconds(
        std::chrono::seconds(statement_.integer(next_++)));
  }
  std::chrono::sys_days day() {
    return std::chrono::sys_days(
        std::chrono::days(statement_.integer(next_++)));
  }

 private:
  const Statement& statement_;
  int next_ = 0;
};

/// What `read` makes of each row of `sql`. Members of an aggregate in braces
/// are made in their order, as columns are.
template <class T, class Read>
Result<std::vector<T>> read_rows(Connection& connection, std::string_view sql,
                                 std::initializer_list<SqlValue> values,
                                 Read read) {
  Result<Statement> statement = connection.prepare(sql);
  if (!statement) return fail(statement.error());
  const Result<void> started = statement->start(values);
  if (!started) return fail(started.error());
  std::vector<T> rows;
  for (;;) {
    const Result<bool> found = statement->step();
    if (!found) return fail(found.error());
    if (!*found) return rows;
    rows.push_back(read(Row(*statement)));
  }
}

}  // namespace mtasts::reports
