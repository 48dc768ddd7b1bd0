// SPDX-License-Identifier: MIT
// Statements that are run again and again, each prepared once.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string_view>

#include "reports/sqlite.hpp"
#include "result.hpp"

namespace mtasts::reports {

class Statements {
 public:
  /// Of `connection`, which has to outlive it.
  explicit Statements(Connection& connection) : connection_(connection) {}
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;

  /// Prepared; `sql` has to outlive this, as constants do.
  Result<Statement*> use(std::string_view sql);
  Result<void> run(std::string_view sql,
                   std::initializer_list<SqlValue> values);
  /// The number in the only row; 0 when there is none.
  Result<std::int64_t> look_up(std::string_view sql,
                               std::initializer_list<SqlValue> values);

 private:
  Connection& connection_;
  std::map<std::string_view, Statement> known_ = {};
};

}  // namespace mtasts::reports
