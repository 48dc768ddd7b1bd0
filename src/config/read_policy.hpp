// SPDX-License-Identifier: MIT
// From one [[policy]] table to a publish::Publication, with every fault and
// every unwise choice reported.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.hpp"
#include "config/value.hpp"
#include "diagnostic.hpp"
#include "dns/name.hpp"
#include "result.hpp"

namespace mtasts::config {

/// A policy domain as people type it, short enough for the owners of its
/// records.
Result<dns::Name> parse_policy_domain(std::string_view text);

/// Nothing when the table has an error; all of them are then in `out`.
std::optional<publish::Publication> read_policy(const Table& table, Position at,
                                                const text::Path& file,
                                                Diagnostics& out);

}  // namespace mtasts::config
