// SPDX-License-Identifier: MIT
// Work that falls into many parts, done on all cores: the files of a start.
#pragma once

#include <cstddef>
#include <functional>

namespace mtasts::process {

/// Calls `work(i)` for each i below `count`, and returns when all have ended.
/// Which thread does which part, and when, is open: a part writes to what is
/// its own, so that the result is the same in any order. Where there can be no
/// more threads, this one does it all. What a part throws is thrown here.
void for_each_on_all_cores(std::size_t count,
                           const std::function<void(std::size_t)>& work);

}  // namespace mtasts::process
