// SPDX-License-Identifier: MIT
#include "sts/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sts/policy_text.hpp"

namespace mtasts::sts {

std::optional<Mode> parse_mode(std::string_view text) {
  const auto* name = std::ranges::find(k_mode_names, text);
  if (name == k_mode_names.end()) return std::nullopt;
  return static_cast<Mode>(name - k_mode_names.begin());
}

Result<Policy> Policy::make(Mode mode, std::vector<MxPattern> mx,
                            std::chrono::seconds max_age,
                            std::size_t max_octets) {
  if (mx.empty() && mode != Mode::none) {
    return fail(fmt::format("mode {} needs at least one mx", format_mode(mode)),
                "list every host that receives mail for the domain: "
                "mx = [\"mail.example.net\"]");
  }
  if (max_age.count() < 0 || max_age > k_max_max_age) {
    return fail(fmt::format("max_age {} is outside 0 to {} seconds",
                            max_age.count(), k_max_max_age.count()),
                "RFC 8461, 3.2 allows about one year at most: \"365d\"");
  }
  std::ranges::sort(mx);
  mx.erase(std::unique(mx.begin(), mx.end()), mx.end());
  Policy policy(mode, std::move(mx), max_age);
  const std::size_t octets = format_policy(policy).size();
  if (octets > max_octets) {
    return fail(fmt::format("the policy text would have {} octets, above {}",
                            octets, max_octets),
                "some sending MTAs read no further; use a wildcard for hosts "
                "under one name");
  }
  return policy;
}

}  // namespace mtasts::sts
