// SPDX-License-Identifier: MIT
#include "tool/gate_facts.hpp"

#include <optional>
#include <utility>

#include "tool/policy_ids.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::floor;
using std::chrono::sys_seconds;

/// How far back a policy is looked for in reports that no history knows.
constexpr std::chrono::days k_memory{90};

/// Since when a policy in mode testing has been served without another one in
/// between that is in another mode.
std::optional<sys_seconds> find_testing_since(const sts::Past& past) {
  std::optional<sys_seconds> since;
  for (const sts::Served& one : past.served()) {
    if (one.policy.mode() != sts::Mode::testing) {
      since.reset();
    } else if (!since) {
      since = one.first;
    }
  }
  return since;
}

}  // namespace

Result<reports::GateFacts> read_gate_facts(
    reports::Connection& connection, const config::Config& config,
    const publish::Publication& publication, const std::string& domain,
    sys_seconds now) {
  const sys_seconds today = floor<std::chrono::days>(now);
  reports::GateFacts facts{
      .domain = domain,
      .now = now,
      .mode = publication.mode(),
      .policy_id = std::string(publication.id()),
      .testing_since = find_testing_since(read_past(config, domain))};
  Result<reports::DomainDetails> details = reports::read_details(
      connection, domain,
      {.since = today - reports::k_gate_window, .until = today});
  if (!details) return fail(details.error());
  facts.details = *std::move(details);
  if (facts.testing_since) return facts;
  details = reports::read_details(connection, domain,
                                  {.since = today - k_memory, .until = today});
  if (!details) return fail(details.error());
  for (const reports::SenderTotals& one : details->senders) {
    if (one.policy_id != publication.id()) continue;
    facts.reported_since = one.day;  // they come by day
    break;
  }
  return facts;
}

}  // namespace mtasts::tool
