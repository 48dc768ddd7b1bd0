// SPDX-License-Identifier: MIT
// Numeric addresses as text, in the one form that compares: "2001:db8::1" of
// "2001:DB8:0::1" (RFC 5952). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mtasts::text {

/// The usual form of `text`; nothing when it is no address of that kind.
std::optional<std::string> find_ipv4(std::string_view text);
std::optional<std::string> find_ipv6(std::string_view text);

/// Of either kind.
std::optional<std::string> find_ip_address(std::string_view text);

}  // namespace mtasts::text
