// SPDX-License-Identifier: MIT
// UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace mtasts {

/// Octets of the character that `text` starts with; 0 if there is none.
std::size_t utf8_length(std::string_view text);

}  // namespace mtasts
