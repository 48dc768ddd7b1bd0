// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace mtasts::scenario {

/// A unified diff in one piece, without a head: every line of both with " ",
/// "-" (only in `wanted`) or "+" (only in `got`) in front. Empty: the same.
std::string unified_diff(const std::vector<std::string>& wanted,
                         const std::vector<std::string>& got);

}  // namespace mtasts::scenario
