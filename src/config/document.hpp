// SPDX-License-Identifier: MIT
// From the text of a TOML document to plain values. The only file behind this
// header that knows the TOML library.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/value.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// Nothing, after a diagnostic, when `toml` is no TOML. `file` is blamed.
std::optional<Table> parse_document(std::string_view toml,
                                    const std::string& file, Diagnostics& out);

}  // namespace mtasts::config
