// SPDX-License-Identifier: MIT
// The data of records as a master file quotes it.
#pragma once

#include <string>
#include <string_view>

#include "dns/record.hpp"

namespace mtasts::dns {

/// `text` without quotes around it, for between them: a backslash stands before
/// a quote and a backslash, octets outside of printable ASCII are \DDD (RFC
/// 1035, 5.1). Data of others goes to terminals too.
std::string escape_character_string(std::string_view text);

/// The data of a record as a master file has it (RFC 1035, 5.1). A text is
/// always in quotes: without them a ";" starts a comment, and every zone
/// checker accepts the rubbish. Above 255 octets it is several strings.
std::string format_data(Type type, std::string_view value);

/// The same, but for tools that take a name without its trailing dot.
std::string format_data_undotted(Type type, std::string_view value);

}  // namespace mtasts::dns
