// SPDX-License-Identifier: MIT
// What people save in place of TOML, and the slips that the parser's own words
// help nobody with: curly quotes, values without quotes, colons.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::config {

/// Says what `text` is, if its start shows that it is no TOML at all.
std::optional<Error> find_foreign_document(std::string_view text);

/// A line with a key of ours, or with elements of an array, as TOML has it;
/// nothing when there is nothing to change. Nobody has looked whether the
/// document is good with it.
std::optional<std::string> find_meant_line(std::string_view line);

}  // namespace mtasts::config
