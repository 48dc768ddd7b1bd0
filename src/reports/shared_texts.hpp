// SPDX-License-Identifier: MIT
// The texts that reports repeat, each of which the database has once, by a
// number. For who writes.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "reports/sqlite.hpp"
#include "reports/statements.hpp"
#include "result.hpp"
#include "tlsrpt/report.hpp"

namespace mtasts::reports {

class SharedTexts {
 public:
  /// Both have to outlive it.
  SharedTexts(Connection& connection, Statements& statements)
      : connection_(connection), statements_(statements) {}

  /// The number of `text`; in a transaction, as all below but remove_unused().
  Result<std::int64_t> keep(const std::string& text);
  /// That of what a sender says of the policy that it applied, which all of its
  /// reports on a domain repeat.
  Result<std::int64_t> keep_policy(const tlsrpt::PolicyReport& policy);

  /// After a rollback: numbers that were given out may be others' from now on.
  void forget();
  /// At the begin of a transaction. Somebody else may have removed texts.
  Result<void> forget_if_changed();

  /// Removes what no report has any more, in a transaction of its own. It has
  /// to look at all reports.
  Result<void> remove_unused();

 private:
  Result<std::int64_t> add_policy(const tlsrpt::PolicyReport& policy,
                                  std::int64_t type, std::int64_t lines,
                                  std::int64_t hosts);

  Connection& connection_;
  Statements& statements_;
  std::unordered_map<std::string, std::int64_t> texts_ = {};
  std::unordered_map<std::string, std::int64_t> policies_ = {};
  std::int64_t version_ = 0;  // of what others have written
};

}  // namespace mtasts::reports
