// SPDX-License-Identifier: MIT
// Sessions by day, of all domains together: what a chart is made from.
#pragma once

#include <chrono>
#include <vector>

#include "reports/query.hpp"
#include "reports/sqlite.hpp"
#include "result.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::reports {

struct DayTotals {
  std::chrono::sys_days day;  // of start-datetime
  tlsrpt::PolicyType type = tlsrpt::PolicyType::sts;
  Sessions sessions = {};

  friend bool operator==(const DayTotals&, const DayTotals&) = default;
};

/// By day and then by type; days without a report are left out.
Result<std::vector<DayTotals>> read_day_totals(Connection& connection,
                                               const Period& period);

/// The same of what is known of one domain.
std::vector<DayTotals> add_up_days(const std::vector<SenderTotals>& senders);

}  // namespace mtasts::reports
