// SPDX-License-Identifier: MIT
// A moment, read. Pure.
#pragma once

#include <chrono>
#include <string_view>

#include "result.hpp"

namespace mtasts::text {

/// What format_time() writes: "2026-11-23T19:38:51Z", and no other form of
/// ISO 8601.
Result<std::chrono::sys_seconds> parse_time(std::string_view text);

}  // namespace mtasts::text
