// SPDX-License-Identifier: MIT
// The one part of writing JSON that is easy to get wrong.
#pragma once

#include <string>
#include <string_view>

namespace mtasts::text {

/// `text` as a JSON string with its quotes (RFC 8259, 7). Octets that are no
/// UTF-8, which JSON can't hold, become U+FFFD.
std::string json_quote(std::string_view text);

}  // namespace mtasts::text
