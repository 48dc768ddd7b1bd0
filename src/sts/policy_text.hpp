// SPDX-License-Identifier: MIT
// The text of a policy as it is served (RFC 8461, 3.2). Writing is canonical:
// equal policies give equal octets.
#pragma once

#include <cstddef>
#include <string>

#include "sts/policy.hpp"

namespace mtasts::sts {

/// chasquid cuts a body at 10,240 octets without a word; stay below.
constexpr std::size_t k_max_policy_octets = 10'000;

/// version, mode, mx in order, max_age; CRLF behind every line, the last too.
std::string format_policy(const Policy& policy);

}  // namespace mtasts::sts
