// SPDX-License-Identifier: MIT
// From the text of a TOML document to plain values. The only file behind this
// header that knows the TOML library.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/value.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// The main file has no more, be it read for all or for one table of it.
constexpr std::size_t k_max_config_octets = 64 * 1024 * 1024;
/// Nor has one that it includes, which may be a customer's.
constexpr std::size_t k_max_included_octets = 1024 * 1024;

/// Nothing, after a diagnostic, when `toml` is no TOML. `file` is blamed.
std::optional<Table> parse_document(std::string_view toml,
                                    const std::string& file, Diagnostics& out);

}  // namespace mtasts::config
