// SPDX-License-Identifier: MIT
// The text of a policy, as it is served and as any other host may serve it
// (RFC 8461, 3.2). Writing is canonical: equal policies give equal octets.
// Reading follows the ABNF to the letter.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "result.hpp"
#include "sts/policy.hpp"

namespace mtasts::sts {

/// chasquid cuts a body at 10,240 octets without a word; stay below.
constexpr std::size_t k_max_policy_octets = 10'000;

/// version, mode, mx in order, max_age; CRLF behind every line, the last too.
std::string format_policy(const Policy& policy);

/// Accepts all that the ABNF of RFC 8461, 3.2 does, and nothing else: LF or
/// CRLF, any order, unknown fields ignored, the first of duplicates counts.
/// The error's message starts with the line: "line 3: ...".
Result<Policy> parse_policy(std::string_view text);

}  // namespace mtasts::sts
