// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>

namespace mtasts::files {

/// One moment by both clocks: the steady one tells how long something took,
/// even if somebody sets the other meanwhile; the wall's tells people when.
struct Moment {
  std::chrono::steady_clock::time_point steady;
  std::chrono::sys_seconds wall;
};

/// Tells what time it is. In a test, whatever the test says.
using Clock = std::function<Moment()>;

}  // namespace mtasts::files
