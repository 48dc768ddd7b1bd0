// SPDX-License-Identifier: MIT
#include "tool/reports_html.hpp"

#include <utility>
#include <vector>

#include "reports/day_totals.hpp"
#include "tool/policy_ids.hpp"

namespace mtasts::tool {

Result<std::string> read_all_domains_page(reports::Connection& connection,
                                          const reports::Period& period,
                                          std::chrono::sys_seconds now) {
  AllDomainsFacts facts{.now = now, .period = period, .totals = {}};
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
  facts.totals = *std::move(totals);
  facts.before = *std::move(before);
  facts.days = *std::move(days);
  return format_all_domains_page(facts);
}

Result<std::string> read_domain_page(reports::Connection& connection,
                                     const config::Config& config,
                                     DomainFacts facts) {
  Result<reports::DomainDetails> details =
      reports::read_details(connection, facts.details.domain, facts.period);
  if (!details) return fail(details.error());
  facts.details = *std::move(details);
  facts.ids = find_policy_ids(config, facts.details.domain, facts.now);
  return format_domain_page(facts);
}

}  // namespace mtasts::tool
