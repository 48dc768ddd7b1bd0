// SPDX-License-Identifier: MIT
#include "reports/applied_policy.hpp"

#include <utility>

#include "sts/policy_id.hpp"
#include "sts/policy_reading.hpp"
#include "sts/policy_text.hpp"
#include "text/join.hpp"

namespace mtasts::reports {

std::optional<AppliedPolicy> find_applied_policy(
    std::span<const std::string> lines) {
  // Some put the whole text, or an empty line at its end, into one entry.
  auto reading = sts::read_policy(
      text::join(lines, "\n", [](const std::string& one) { return one; }));
  if (!reading.policy) return std::nullopt;
  std::string id = sts::policy_id(sts::format_policy(*reading.policy));
  return AppliedPolicy{*std::move(reading.policy), std::move(id)};
}

}  // namespace mtasts::reports
