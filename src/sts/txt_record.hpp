// SPDX-License-Identifier: MIT
// The text of the TXT record at _mta-sts.<policy domain> (RFC 8461, 3.1).
#pragma once

#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::sts {

/// "v=STSv1; id=<id>": no space before a ";" (erratum 6285; some senders
/// discard the record) and no final ";" (nothing needs it).
std::string format_txt_record(std::string_view id);

/// The id of a record that follows the ABNF to the letter: version first, one
/// or more fields, extensions ignored, the first of duplicates counts.
Result<std::string> parse_txt_record(std::string_view text);

}  // namespace mtasts::sts
