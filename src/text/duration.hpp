// SPDX-License-Identifier: MIT
// A span of time as people write it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::text {

/// A whole number with a unit: "90s", "5m", "12h", "3d", "2w". No sign, no
/// fraction, no sum.
Result<std::chrono::seconds> parse_duration(std::string_view text);

/// The shortest exact form of that kind: "1w", "36h", "90s".
std::string format_duration(std::chrono::seconds duration);

}  // namespace mtasts::text
