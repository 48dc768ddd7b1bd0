// SPDX-License-Identifier: MIT
// Where the policy of a domain is to be found:
// https://mta-sts.<domain>/.well-known/mta-sts.txt (RFC 8461, 3.3).
#pragma once

#include <string>
#include <string_view>

namespace mtasts::sts {

/// In front of a domain it makes the name of its policy host.
constexpr std::string_view k_policy_host_prefix = "mta-sts.";
/// The one path.
constexpr std::string_view k_policy_path = "/.well-known/mta-sts.txt";

/// The policy host of a policy domain.
inline std::string policy_host(std::string_view domain) {
  return std::string(k_policy_host_prefix).append(domain);
}

}  // namespace mtasts::sts
