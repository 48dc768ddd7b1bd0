// SPDX-License-Identifier: MIT
// Work that falls into many parts, done on all cores: the files of a start.
#pragma once

#include <cstddef>
#include <functional>

namespace mtasts::process {

using RangeWork = std::function<void(std::size_t begin, std::size_t end)>;

/// Calls `work(begin, end)` until each part below `count` was in one of these
/// ranges, and returns when all have ended. Which thread does which part, and
/// when, is open: a part writes to what is its own, so that the result is the
/// same in any order. Where there can be no more threads, this one does it all.
/// What a call throws is thrown here.
void share_on_all_cores(std::size_t count, const RangeWork& work);

}  // namespace mtasts::process
