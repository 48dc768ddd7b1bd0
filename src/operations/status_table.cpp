// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

#include "operations/status.hpp"
#include "text/columns.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"
#include "tlsrpt/policy_type.hpp"
#include "tlsrpt/report_days.hpp"

namespace mtasts::operations {
namespace {

using Row = std::vector<std::string>;
constexpr std::ptrdiff_t k_reports = 7;  // the column of them

std::string format_days(const DomainStatus& one, std::chrono::sys_seconds now) {
  if (one.certificate.expiry == std::chrono::sys_seconds{}) return "none";
  return fmt::format(
      "{}", std::chrono::floor<std::chrono::days>(one.certificate.expiry - now)
                .count());
}

/// The day on which the last sender has forgotten what was served until now.
std::string format_held(const DomainStatus& one) {
  if (!one.held.cached) return "-";
  return text::format_date(
      std::chrono::ceil<std::chrono::days>(*one.held.cached));
}

/// Who has fetched the policy that is served: "google 3, other 12".
std::string format_families(const server::IdFetches& fetches) {
  const std::string text =
      text::join(fetches.families(), ", ", [](const auto& one) {
        return fmt::format("{} {}", one.first, one.second.count);
      });
  return text.empty() ? "-" : text;
}

/// "2026-11-27: sts 3 of 1203, tlsa 0 of 5": what failed, of all sessions.
std::string format_reported(const DomainStatus& one) {
  if (!one.reported) return "-";
  return fmt::format(
      "{}: {}", text::format_date(one.reported->day),
      text::join(one.reported->by_type(), ", ", [](const auto& type) {
        const auto& [successful, failed] = type.second;
        return fmt::format("{} {} of {}",
                           tlsrpt::format_policy_type(type.first), failed,
                           successful + failed);
      }));
}

Row make_row(const DomainStatus& one, std::chrono::sys_seconds now) {
  const server::FamilyFetches all = one.of_id.total();
  return {one.domain,
          std::string(sts::format_mode(one.mode)),
          one.id,
          format_held(one),
          format_days(one, now),
          fmt::format("{}", one.fetches.answered),
          all.count == 0 ? "never" : text::format_time(all.last),
          format_reported(one),
          format_families(one.of_id)};
}

}  // namespace

std::string format_table(const Status& status,
                         const std::vector<DomainStatus>& domains) {
  std::vector<Row> rows = {{"DOMAIN", "MODE", "ID", "HELD UNTIL", "CERT DAYS",
                            "FETCHES", "LAST FETCH OF ID", "REPORTED FAILURES",
                            "BY"}};
  for (const DomainStatus& one : domains) {
    rows.push_back(make_row(one, status.now));
  }
  std::string text = format_reasons(status.reasons);
  for (const files::PendingChange& one : status.reloads.pending) {
    text +=
        fmt::format("pending: {} does not come to rest, since {}\n",
                    text::json_quote(one.file), text::format_time(one.since));
  }
  if (!status.reports.fault.empty()) {
    text += fmt::format("reports: {}\n", status.reports.fault);
  }
  if (!status.reports.is_wanted) {
    for (auto& row : rows) row.erase(row.begin() + k_reports);
  }
  text += text::format_columns(rows);
  const std::size_t shown = status.query.offset + domains.size();
  if (shown < status.matching) {
    text += fmt::format("and {} more\n", status.matching - shown);
  }
  return text;
}

}  // namespace mtasts::operations
