// SPDX-License-Identifier: MIT
#include "reports/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "dns/name.hpp"
#include "result.hpp"
#include "text/ascii.hpp"
#include "text/join.hpp"
#include "text/time.hpp"

namespace mtasts::reports {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;

constexpr std::array<std::string_view, 4> k_state_names = {"good", "bad",
                                                           "untested", "note"};
static_assert(k_state_names.size() ==
              static_cast<std::size_t>(GateState::note) + 1);

/// Those that send more reports, and from more machines, than all others.
constexpr std::array<std::string_view, 2> k_large = {"google", "microsoft"};

/// By its signature; a name alone is believed where nothing is verified.
bool is_large(const SenderTotals& sender) {
  const std::string name = text::to_lower(sender.organization);
  return std::ranges::any_of(k_large, [&](std::string_view large) {
    return sender.is_verified
               ? dns::is_at_or_below(sender.signer, std::string(large) + ".com")
               : text::has(name, large);
  });
}

/// What the parts of the rule are judged by: the reports of the window in which
/// the sender had a policy of MTA-STS.
struct Window {
  std::set<sys_days> days = {};
  std::set<std::string> organizations = {};
  bool has_large = false;
  Sessions current = {};       // under the policy that is configured
  std::uint64_t sessions = 0;  // all
  std::uint64_t verified = 0;
};

/// A failed fetch is reported without the policy, and counts against it.
bool is_current(const std::string& policy_id, const GateFacts& facts) {
  return policy_id.empty() || policy_id == facts.policy_id;
}

Window look_at(const GateFacts& facts) {
  Window window;
  for (const SenderTotals& one : facts.details.senders) {
    if (one.type != tlsrpt::PolicyType::sts) continue;
    window.days.insert(one.day);
    window.organizations.insert(one.organization);
    window.has_large |= is_large(one);
    window.sessions += one.sessions.all();
    window.verified += one.is_verified ? one.sessions.all() : 0;
    if (is_current(one.policy_id, facts)) window.current += one.sessions;
  }
  return window;
}

GateState state_of(bool is_good) {
  return is_good ? GateState::good : GateState::bad;
}

// --- The parts of the rule ---

GateCondition judge_mode(const GateFacts& facts) {
  return {.id = "mode",
          .state = state_of(facts.mode == sts::Mode::testing),
          .text = fmt::format("the policy is in mode {}",
                              sts::format_mode(facts.mode))};
}

GateCondition judge_time(const GateFacts& facts) {
  std::optional<std::chrono::sys_seconds> since = facts.testing_since;
  std::string_view source = "by the history";
  if (!since && facts.reported_since) {
    since = *facts.reported_since;
    source = "by the first report of this policy";
  }
  if (!since) {
    return {.id = "testing-days",
            .state = GateState::bad,
            .text = fmt::format("{} days of testing: neither the history nor a "
                                "report knows of this policy",
                                k_gate_window.count()),
            .not_before = floor<days>(facts.now) + k_gate_window};
  }
  const auto spent = floor<days>(facts.now - *since);
  GateCondition condition{
      .id = "testing-days",
      .state = state_of(spent >= k_gate_window),
      .text = fmt::format("{} days of testing: {} since {}, {}",
                          k_gate_window.count(), spent.count(),
                          text::format_date(floor<days>(*since)), source)};
  if (spent < k_gate_window) {
    condition.not_before = std::chrono::ceil<days>(*since + k_gate_window);
  }
  return condition;
}

GateCondition judge_days(const GateFacts& facts, const Window& window) {
  GateCondition condition{
      .id = "report-days",
      .state = state_of(window.days.size() >= k_gate_days),
      .text =
          fmt::format("reports on {} of the last {} days: on {}", k_gate_days,
                      k_gate_window.count(), window.days.size())};
  if (condition.state == GateState::bad) {
    condition.not_before =
        floor<days>(facts.now) +
        days(static_cast<int>(k_gate_days - window.days.size()));
  }
  return condition;
}

GateCondition judge_organizations(const Window& window) {
  return {
      .id = "organizations",
      .state = state_of(window.organizations.size() >= k_gate_organizations &&
                        window.has_large),
      .text = fmt::format(
          "{} organizations, one of them Google or Microsoft: {}",
          k_gate_organizations,
          window.organizations.empty()
              ? "none"
              : text::join(window.organizations, ", ",
                           [](const std::string& one) {
                             return one.empty() ? "(no name)" : printable(one);
                           }))};
}

/// Where sessions failed under the policy, and how many; those that the
/// sender gave no details of have no host.
std::map<std::string, std::uint64_t> count_by_host(const GateFacts& facts,
                                                   const Window& window) {
  std::map<std::string, std::uint64_t> hosts;
  std::uint64_t told = 0;
  for (const FailureTotals& one : facts.details.failures) {
    if (one.type != tlsrpt::PolicyType::sts ||
        !is_current(one.policy_id, facts)) {
      continue;
    }
    hosts[one.receiving_mx_hostname] += one.failed;
    told += one.failed;
  }
  if (told < window.current.failed) hosts[""] += window.current.failed - told;
  return hosts;
}

GateCondition judge_failures(const GateFacts& facts, const Window& window) {
  const std::uint64_t failed = window.current.failed;
  const auto hosts = count_by_host(facts, window);
  const bool is_one_host = hosts.size() == 1 && !hosts.begin()->first.empty();
  GateCondition condition{
      .id = "failures",
      .state =
          state_of(window.current.all() > 0 &&
                   (failed == 0 || (is_one_host && failed * k_gate_sessions <
                                                       window.current.all()))),
      .text = fmt::format("no failed session under this policy, or fewer than "
                          "one in {} at one MX host: {} of {}",
                          k_gate_sessions, failed, window.current.all())};
  if (failed > 0) {
    condition.text +=
        ", at " + text::join(hosts, ", ", [](const auto& one) {
          return one.first.empty() ? "(no host named)" : printable(one.first);
        });
  }
  return condition;
}

GateCondition judge_look(const GateFacts& facts) {
  constexpr std::string_view k_asked = "verify finds no error now: ";
  if (!facts.look) {
    return {.id = "verify",
            .state = GateState::untested,
            .text = std::string(k_asked) + "it was not asked"};
  }
  const bool is_bad = !facts.look->errors.empty();
  const std::vector<std::string>& said =
      is_bad ? facts.look->errors : facts.look->untested;
  return {.id = "verify",
          .state = is_bad         ? GateState::bad
                   : said.empty() ? GateState::good
                                  : GateState::untested,
          .text = std::string(k_asked) +
                  (said.empty()
                       ? "none"
                       : text::join(said, "; ", [](const std::string& one) {
                           return printable(one);
                         }))};
}

GateCondition describe_trust(const Window& window) {
  constexpr std::uint64_t k_percent = 100;
  const std::uint64_t all = std::max<std::uint64_t>(window.sessions, 1);
  return {.id = "verified",
          .state = GateState::note,
          .text = fmt::format(
              "{} % of {} sessions are from reports whose sender is verified",
              window.verified * k_percent / all, window.sessions)};
}

}  // namespace

std::string_view format_gate_state(GateState state) {
  return k_state_names[static_cast<std::size_t>(state)];
}

GateVerdict judge_gate(const GateFacts& facts) {
  const Window window = look_at(facts);
  GateVerdict verdict;
  verdict.conditions = {judge_mode(facts),
                        judge_time(facts),
                        judge_days(facts, window),
                        judge_organizations(window),
                        judge_failures(facts, window),
                        judge_look(facts),
                        describe_trust(window)};
  for (const GateCondition& one : verdict.conditions) {
    if (one.state == GateState::bad) {
      verdict.state = GateState::bad;
    } else if (one.state == GateState::untested &&
               verdict.state == GateState::good) {
      verdict.state = GateState::untested;
    }
    if (one.not_before) {
      verdict.not_before = std::max(
          verdict.not_before.value_or(*one.not_before), *one.not_before);
    }
  }
  return verdict;
}

}  // namespace mtasts::reports
