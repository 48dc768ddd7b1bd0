// SPDX-License-Identifier: MIT
#include "reports/day_totals.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace mtasts::reports {
namespace {

// Moments are seconds of Unix time.
constexpr std::string_view k_totals =
    "SELECT start / 86400 AS day, policy_type, sum(successful), sum(failed) "
    "FROM report WHERE start >= ?1 AND start < ?2 "
    "GROUP BY day, policy_type ORDER BY day, policy_type";

std::int64_t to_epoch(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

}  // namespace

Result<std::vector<DayTotals>> read_day_totals(Connection& connection,
                                               const Period& period) {
  Result<Statement> statement = connection.prepare(k_totals);
  if (!statement) return fail(statement.error());
  const Result<void> started =
      statement->start({to_epoch(period.since), to_epoch(period.until)});
  if (!started) return fail(started.error());
  std::vector<DayTotals> totals;
  for (;;) {
    const Result<bool> row = statement->step();
    if (!row) return fail(row.error());
    if (!*row) return totals;
    totals.push_back(
        {.day = std::chrono::sys_days(std::chrono::days(statement->integer(0))),
         .type = static_cast<tlsrpt::PolicyType>(statement->integer(1)),
         .sessions = {
             .successful = static_cast<std::uint64_t>(statement->integer(2)),
             .failed = static_cast<std::uint64_t>(statement->integer(3))}});
  }
}

std::vector<DayTotals> add_up_days(const std::vector<SenderTotals>& senders) {
  std::map<std::pair<std::chrono::sys_days, tlsrpt::PolicyType>, Sessions> sums;
  for (const SenderTotals& one : senders) {
    sums[{one.day, one.type}] += one.sessions;
  }
  std::vector<DayTotals> totals;
  for (const auto& [key, sessions] : sums) {
    totals.push_back({key.first, key.second, sessions});
  }
  return totals;
}

}  // namespace mtasts::reports
