// SPDX-License-Identifier: MIT
// What the pages about reports are put together from. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/day_totals.hpp"
#include "reports/query.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::tool {

/// The whole document. `title` is escaped here, `body` is HTML.
std::string format_reports_document(std::string_view title,
                                    std::string_view body);

/// From and to, and when that was known.
std::string format_period(const reports::Period& period,
                          std::chrono::sys_seconds now);

/// What there is of a domain by a type, as long as `totals` last.
using TotalsIndex = std::map<std::pair<std::string_view, tlsrpt::PolicyType>,
                             reports::Sessions>;
TotalsIndex index_totals(const std::vector<reports::DomainTotals>& totals);

/// The share that has failed of what `index` has of the same domain and type.
std::string format_share_before(const TotalsIndex& index,
                                const reports::DomainTotals& now);

/// "0.25 %" of all; "none" where there are none.
std::string format_share(std::uint64_t part, std::uint64_t all);

/// A cell with the failed sessions, coloured if there are any.
std::string format_failed_cell(std::uint64_t failed);

/// A name that a stranger has chosen: it can't turn the text around it.
std::string format_foreign(std::string_view text);

/// What nobody has checked of all sessions, as a sentence.
std::string format_unverified(std::uint64_t verified, std::uint64_t all);

/// Sessions of each day of `period`, by their type, as two charts and a table
/// of the same numbers; nothing of a type that had none.
std::string format_day_charts(const std::vector<reports::DayTotals>& days,
                              tlsrpt::PolicyType type,
                              const reports::Period& period);

struct Column {
  std::string_view name;
  bool is_number = false;
};

/// A table that scrolls by itself where it is wider than the window. `head` are
/// its columns, `rows` HTML; a caption says what it is.
std::string format_table(std::string_view caption,
                         const std::vector<Column>& head,
                         std::string_view rows);

}  // namespace mtasts::tool
