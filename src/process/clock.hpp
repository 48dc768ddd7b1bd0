// SPDX-License-Identifier: MIT
// The one place that asks the machine for the time of day, but for the stamp of
// a line in the log. What judges by it takes it as a value, so that days can
// pass in a test.
#pragma once

#include <chrono>

#include "files/pending_changes.hpp"

namespace mtasts::process {

inline std::chrono::sys_seconds this_second() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

inline files::Moment this_moment() {
  return {.steady = std::chrono::steady_clock::now(), .wall = this_second()};
}

}  // namespace mtasts::process
