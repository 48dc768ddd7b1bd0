// SPDX-License-Identifier: MIT
// Types of records, and what they hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"

namespace mtasts::dns {

enum class Type { txt, cname, a, aaaa };

/// "TXT", "CNAME", "A" or "AAAA".
std::string_view format_type(Type type);

/// Cuts `data` into character strings of at most 255 octets (RFC 1035, 3.3);
/// readers join them without spaces (RFC 8461, 3.1).
std::vector<std::string_view> split_character_strings(std::string_view data);

/// What a name can lead to: an IPv4 or IPv6 address, or another name.
struct Target {
  Type type;  // a, aaaa or cname
  std::string value;
};

/// Told by content; addresses get their usual form (RFC 5952).
Result<Target> parse_target(std::string_view text);

}  // namespace mtasts::dns
