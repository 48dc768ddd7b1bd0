// SPDX-License-Identifier: MIT
// A DNS record to publish, as a value. How each tool wants it written is the
// business of the format_* files.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.hpp"

namespace mtasts::dns {

/// A TXT record. `owner` is absolute, without the trailing dot; `data` is the
/// whole text, which publishing splits (RFC 1035, 3.3.14).
struct TxtRecord {
  std::string owner;
  std::chrono::seconds ttl;
  std::string data;
};

/// All that one policy domain has to publish.
struct DomainRecords {
  Name domain;
  std::string note;  // one line about the policy, for a comment
  std::vector<TxtRecord> txt;
  std::string policy_host;  // needs an address record of the operator's own
};

/// Cuts `data` into character strings of at most 255 octets (RFC 1035, 3.3);
/// readers join them without spaces (RFC 8461, 3.1).
std::vector<std::string_view> split_character_strings(std::string_view data);

}  // namespace mtasts::dns
