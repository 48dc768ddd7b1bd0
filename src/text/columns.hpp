// SPDX-License-Identifier: MIT
// Tables for the terminal. Pure.
#pragma once

#include <string>
#include <vector>

namespace mtasts::text {

/// A line for each row, its cells below each other with two spaces in between;
/// the last one has what room it needs. All rows have as many cells.
std::string format_columns(const std::vector<std::vector<std::string>>& rows);

}  // namespace mtasts::text
