// SPDX-License-Identifier: MIT
// Of which days the commands of "mta-sts reports" speak.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "command_line.hpp"
#include "reports/query.hpp"
#include "result.hpp"

namespace mtasts::tool {

struct PeriodOptions {
  std::optional<std::uint32_t> days = {};
  std::optional<std::string> until = {};
};

/// --days and --until.
void declare(Arguments& arguments, PeriodOptions& options);

/// Whole days, of which the last one is yesterday or the one of --until; 14 of
/// them unless --days says how many.
Result<reports::Period> choose_period(const PeriodOptions& options,
                                      std::chrono::sys_seconds now);

}  // namespace mtasts::tool
