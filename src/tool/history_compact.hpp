// SPDX-License-Identifier: MIT
// Histories joined, and made shorter, without losing what they say. Pure.
#pragma once

#include <chrono>
#include <vector>

#include "sts/history_line.hpp"

namespace mtasts::tool {

/// By time. Where the clock of one was set back, its lines get the time from
/// which they count, since the others no longer show it: what began then, the
/// time at which the clock was set back; what ended, that at which it was right
/// again, and where it never was, the line is left out.
std::vector<sts::HistoryLine> merge_lines(
    std::vector<std::vector<sts::HistoryLine>> histories);

/// Lines from which the same follows at `now` and later: of each policy of a
/// domain when it was served first and last. Policies that no sender holds any
/// more are left out, but for the last one of each domain: it has been there.
std::vector<sts::HistoryLine> compact_lines(
    const std::vector<sts::HistoryLine>& lines, std::chrono::sys_seconds now);

}  // namespace mtasts::tool
