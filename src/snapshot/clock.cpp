// SPDX-License-Identifier: MIT
#include "snapshot/clock.hpp"

namespace mtasts::snapshot {

std::chrono::sys_seconds this_second() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

files::Moment this_moment() {
  return {.steady = std::chrono::steady_clock::now(), .wall = this_second()};
}

}  // namespace mtasts::snapshot
