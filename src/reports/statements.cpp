// SPDX-License-Identifier: MIT
#include "reports/statements.hpp"

#include <utility>

namespace mtasts::reports {

Result<Statement*> Statements::use(std::string_view sql) {
  auto known = known_.find(sql);
  if (known == known_.end()) {
    Result<Statement> made = connection_.prepare(sql);
    if (!made) return fail(made.error());
    known = known_.emplace(sql, *std::move(made)).first;
  }
  return &known->second;
}

Result<void> Statements::run(std::string_view sql,
                             std::initializer_list<SqlValue> values) {
  const Result<Statement*> statement = use(sql);
  if (!statement) return fail(statement.error());
  return (*statement)->run(values);
}

Result<std::int64_t> Statements::look_up(
    std::string_view sql, std::initializer_list<SqlValue> values) {
  const Result<Statement*> statement = use(sql);
  if (!statement) return fail(statement.error());
  const Result<void> started = (*statement)->start(values);
  if (!started) return fail(started.error());
  Result<bool> row = (*statement)->step();
  std::int64_t number = 0;
  while (row && *row) {  // to its end, where it holds nothing any more
    number = (*statement)->integer(0);
    row = (*statement)->step();
  }
  if (!row) return fail(row.error());
  return number;
}

}  // namespace mtasts::reports
