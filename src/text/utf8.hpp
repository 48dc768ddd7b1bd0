// SPDX-License-Identifier: MIT
// UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::text {

/// Octets of the character that `text` starts with; 0 if there is none.
std::size_t utf8_length(std::string_view text);

/// Names by its code point the first character that shows nothing, or that
/// looks like one of ASCII, as they come along from web pages and word
/// processors: a no-break space, a curly quote, a long dash.
std::optional<Error> find_disguise(std::string_view text);

/// Names the first letter of Cyrillic or Greek in a word with Latin ones: they
/// look alike, and no registry gives such a name away (UTS 39, 5.2).
std::optional<Error> find_mixed_letters(std::string_view text);

/// With what such characters were meant to be in their place.
std::string remove_disguises(std::string_view text);

}  // namespace mtasts::text
