// SPDX-License-Identifier: MIT
// Histories joined, and made shorter, without losing what they say. Pure.
#pragma once

#include <chrono>
#include <vector>

#include "sts/history_line.hpp"

namespace mtasts::tool {

/// By time, and so that the lines of each one stay in their order, whatever
/// its clock has done: that is what sts::Past::add() asks for.
std::vector<sts::HistoryLine> merge_lines(
    std::vector<std::vector<sts::HistoryLine>> histories);

/// Lines from which the same follows at `now` and later: of each policy of a
/// domain when it was served first and last. Policies that no sender holds any
/// more are left out, but for the last one of each domain: it has been there.
std::vector<sts::HistoryLine> compact_lines(
    const std::vector<sts::HistoryLine>& lines, std::chrono::sys_seconds now);

}  // namespace mtasts::tool
