// SPDX-License-Identifier: MIT
// Records as text, one function and one file for each form. Same input, same
// octets.
#pragma once

#include <string>
#include <vector>

#include "dns/record.hpp"

namespace mtasts::dns {

/// Master file lines (RFC 1035, 5.1). The data is always quoted: without
/// quotes a ";" starts a comment, and every zone checker accepts the rubbish.
std::string format_zone(const std::vector<DomainRecords>& domains);

/// Name, type, TTL and value on lines of their own, for web panels: the value
/// is whole and unquoted.
std::string format_plain(const std::vector<DomainRecords>& domains);

}  // namespace mtasts::dns
