// SPDX-License-Identifier: MIT
// From one [[policy]] table to a PolicyEntry, with every fault and every
// unwise choice reported.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.hpp"
#include "config/value.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// Nothing when the table has an error; all of them are then in `out`.
std::optional<PolicyEntry> read_policy(const Table& table, Position at,
                                       std::string_view file, Diagnostics& out);

}  // namespace mtasts::config
