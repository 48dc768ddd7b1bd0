// SPDX-License-Identifier: MIT
// The "v=...; name=value; ..." text of TXT records (RFC 8461, 3.1; RFC 8460,
// 3). What the fields mean is up to the caller.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "result.hpp"

namespace mtasts::dns {

/// sts-ext-name = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
/// The same grammar in records and in policies (RFC 8461, 3.1 and 3.2; RFC
/// 8460, 3).
bool is_field_name(std::string_view name);

using Tag = std::pair<std::string_view, std::string_view>;  // name, value

/// Splits `text` behind its version, `version` ("v=STSv1") to the letter, into
/// fields in their order. Values may hold inner white space only where
/// `spaced` says so: a list of report URIs does.
Result<std::vector<Tag>> parse_tag_list(std::string_view text,
                                        std::string_view version,
                                        std::string_view spaced);

}  // namespace mtasts::dns
