// SPDX-License-Identifier: MIT
#include "tool/reports_facts.hpp"

#include <utility>
#include <vector>

#include "reports/day_totals.hpp"
#include "tool/policy_ids.hpp"
#include "tool/report_remedies.hpp"

namespace mtasts::tool {

Result<AllDomainsFacts> read_all_domains(reports::Connection& connection,
                                         const reports::Period& period,
                                         std::chrono::sys_seconds now) {
  Result<std::vector<reports::DomainTotals>> totals =
      reports::read_totals(connection, period);
  if (!totals) return fail(totals.error());
  // As many days, before these.
  Result<std::vector<reports::DomainTotals>> before = reports::read_totals(
      connection, {.since = period.since - (period.until - period.since),
                   .until = period.since});
  if (!before) return fail(before.error());
  Result<std::vector<reports::DayTotals>> days =
      reports::read_day_totals(connection, period);
  if (!days) return fail(days.error());
  return AllDomainsFacts{.now = now,
                         .period = period,
                         .totals = *std::move(totals),
                         .before = *std::move(before),
                         .days = *std::move(days)};
}

Result<DomainFacts> read_domain(reports::Connection& connection,
                                const config::Config& config,
                                std::string_view domain,
                                const reports::Period& period,
                                std::chrono::sys_seconds now) {
  Result<reports::DomainDetails> details =
      reports::read_details(connection, domain, period);
  if (!details) return fail(details.error());
  DomainFacts facts{.now = now,
                    .period = period,
                    .details = *std::move(details),
                    .ids = read_policy_ids(config, domain, now)};
  for (const reports::FailureTotals& one : facts.details.failures) {
    facts.remedies.try_emplace(one.result_type,
                               describe_remedy(one.result_type, domain));
  }
  return facts;
}

}  // namespace mtasts::tool
