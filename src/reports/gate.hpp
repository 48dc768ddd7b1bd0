// SPDX-License-Identifier: MIT
// Whether a policy in mode testing may be enforced, by what senders have
// reported of it. Nothing is ever switched by it. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/query.hpp"
#include "sts/policy.hpp"

namespace mtasts::reports {

// The rule.
constexpr std::chrono::days k_gate_window{14};
constexpr std::size_t k_gate_days = 10;           // with reports, in the window
constexpr std::size_t k_gate_organizations = 2;   // one of them a large one
constexpr std::uint64_t k_gate_sessions = 1'000;  // of which one may fail,
                                                  // if all do at one MX host

/// What a look at the domain has found, as senders would find it now.
struct GateLook {
  std::vector<std::string> errors = {};
  std::vector<std::string> untested = {};
};

struct GateFacts {
  std::string domain;
  std::chrono::sys_seconds now;
  sts::Mode mode = sts::Mode::testing;  // of the policy that is configured
  std::string policy_id;                // of the same
  /// Since when it is in mode testing without a break, by the history; nothing
  /// where that does not know it.
  std::optional<std::chrono::sys_seconds> testing_since = {};
  /// The first day of which this policy was reported, as far as it was looked
  /// for.
  std::optional<std::chrono::sys_days> reported_since = {};
  DomainDetails details = {};         // of k_gate_window, up to yesterday
  std::optional<GateLook> look = {};  // nothing: not asked for
};

enum class GateState : std::uint8_t { good, bad, untested, note };

/// "good", as in all forms of output.
std::string_view format_gate_state(GateState state);

/// One part of the rule, with what there is of it.
struct GateCondition {
  std::string_view id;  // stable: "testing-days"
  GateState state = GateState::good;
  std::string text;  // one line: what is asked for, and what there is
  /// Until then it can't be good, if that is known.
  std::optional<std::chrono::sys_days> not_before = {};

  friend bool operator==(const GateCondition&, const GateCondition&) = default;
};

struct GateVerdict {
  GateState state = GateState::good;  // the worst but for notes
  std::vector<GateCondition> conditions = {};
  std::optional<std::chrono::sys_days> not_before = {};  // the last of them
};

/// What can't be told is `untested` unless something is `bad`.
GateVerdict judge_gate(const GateFacts& facts);

}  // namespace mtasts::reports
