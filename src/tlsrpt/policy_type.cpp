// SPDX-License-Identifier: MIT
#include "tlsrpt/policy_type.hpp"

#include <array>
#include <cstddef>

namespace mtasts::tlsrpt {
namespace {

constexpr std::array<std::string_view, 4> k_policy_types = {
    "tlsa", "sts", "no-policy-found", "other"};
static_assert(k_policy_types.size() ==
              static_cast<std::size_t>(PolicyType::other) + 1);

}  // namespace

std::string_view format_policy_type(PolicyType type) {
  return k_policy_types[static_cast<std::size_t>(type)];
}

std::string_view name_policy_type(PolicyType type) {
  switch (type) {
    case PolicyType::tlsa:
      return "DANE (tlsa)";
    case PolicyType::sts:
      return "MTA-STS (sts)";
    case PolicyType::no_policy_found:
      return "No policy (no-policy-found)";
    case PolicyType::other:
      break;
  }
  return "Another policy";
}

}  // namespace mtasts::tlsrpt
