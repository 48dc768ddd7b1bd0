// SPDX-License-Identifier: MIT
// What has come of one domain: what was seen, and what is wrong with it. All
// forms of output are made of this. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "diagnostic.hpp"
#include "sts/policy.hpp"
#include "verify/facts.hpp"
#include "verify/judge.hpp"

namespace mtasts::verify {

struct Judged {
  Facts facts = {};
  std::optional<sts::Policy> policy = {};  // that senders would find, if any
  Diagnostics findings = {};
};

/// The worst that is said of a domain, in this order.
enum class Verdict : std::uint8_t {
  good,      // nothing but notes, and there is a policy
  absent,    // nothing but notes, and there is none: MTA-STS is not in use
  untested,  // something could not be looked at, and nothing worse was found
  warning,
  error,
};
constexpr auto k_verdict_names = std::to_array<std::string_view>(
    {"good", "absent", "untested", "warning", "error"});
static_assert(k_verdict_names.size() ==
              static_cast<std::size_t>(Verdict::error) + 1);

constexpr std::string_view format_verdict(Verdict verdict) {
  return k_verdict_names[static_cast<std::size_t>(verdict)];
}

Verdict verdict_of(const Judged& judged);

/// How many findings of a severity there are.
std::size_t count(const Diagnostics& findings, Severity severity);

/// What comes of a finding, above all what senders do: one or two sentences.
/// Empty where nothing does, or it isn't known.
std::string effect_of(const Judged& judged, const Diagnostic& finding);

inline Judged judge_whole(Facts facts, const Expected& expected,
                          std::chrono::sys_seconds now) {
  Judged judged{.policy = find_policy(facts, expected),
                .findings = judge(facts, expected, now)};
  judged.facts = std::move(facts);
  return judged;
}

}  // namespace mtasts::verify
