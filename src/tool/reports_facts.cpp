// SPDX-License-Identifier: MIT
#include "tool/reports_facts.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "publish/publication.hpp"
#include "reports/gate.hpp"
#include "tool/gate_facts.hpp"
#include "tool/policy_ids.hpp"
#include "tool/report_remedies.hpp"

namespace mtasts::tool {
namespace {

/// Of a policy in mode testing, by its reports alone.
PageVerdict describe_gate(const reports::GateFacts& facts) {
  const reports::GateVerdict judged = reports::judge_gate(facts);
  PageVerdict verdict{.is_ready = judged.state != reports::GateState::bad,
                      .headline = "Ready for mode enforce, by its reports"};
  if (!verdict.is_ready) verdict.headline = "Not ready for mode enforce";
  for (const reports::GateCondition& one : judged.conditions) {
    if (one.state == reports::GateState::good) continue;
    verdict.reasons.push_back(
        fmt::format("{}: {}", reports::format_gate_state(one.state), one.text));
  }
  return verdict;
}

}  // namespace

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
  return AllDomainsFacts{.now = now,
                         .period = period,
                         .totals = *std::move(totals),
                         .before = *std::move(before)};
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
  const publish::Publication* policy = config.live.find_domain(domain);
  if (policy == nullptr || policy->mode() != sts::Mode::testing) {
    return facts;
  }
  const Result<reports::GateFacts> gate =
      read_gate_facts(connection, config, *policy, facts.details.domain, now);
  if (!gate) return fail(gate.error());
  facts.verdict = describe_gate(*gate);
  return facts;
}

}  // namespace mtasts::tool
