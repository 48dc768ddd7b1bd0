// SPDX-License-Identifier: MIT
// Sentences in lines for a terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mtasts::tool {

/// Of a line, in characters.
constexpr std::size_t k_columns = 80;

/// `first` and `text` in lines of k_columns, those behind the first indented by
/// `indent`. What may be copied stays on one line, even where that is longer: a
/// word, what stands in double quotes, a record as zones have it, a command
/// with its arguments, and all of one that stands behind a colon.
std::string format_wrapped(std::string_view first, std::string_view text,
                           std::size_t indent);

/// Characters of UTF-8.
std::size_t width_of(std::string_view text);

}  // namespace mtasts::tool
