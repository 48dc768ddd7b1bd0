// SPDX-License-Identifier: MIT
// RFC 8460, 4.4: what a sender applied to a domain. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace mtasts::tlsrpt {

/// Senders have others besides, which reports keep as texts.
enum class PolicyType : std::uint8_t { tlsa, sts, no_policy_found, other };

/// The word of RFC 8460: "no-policy-found"; "other" for all else.
std::string_view format_policy_type(PolicyType type);

/// "MTA-STS (sts)": the name that people know, and the word of RFC 8460.
std::string_view name_policy_type(PolicyType type);

}  // namespace mtasts::tlsrpt
