// SPDX-License-Identifier: MIT
// The scenario's time: two clocks that are values. Nothing waits.
#pragma once

#include <chrono>

#include "files/pending_changes.hpp"

namespace mtasts::scenario {

class WorldTime {
 public:
  using Steady = std::chrono::steady_clock;
  using Wall = std::chrono::system_clock;

  Wall::time_point wall() const { return wall_; }
  std::chrono::sys_seconds second() const {
    return std::chrono::floor<std::chrono::seconds>(wall_);
  }
  Steady::time_point steady() const { return steady_; }

  void begin(std::chrono::sys_seconds at) { wall_ = at; }
  void pass(Steady::duration time) {
    wall_ += std::chrono::duration_cast<Wall::duration>(time);
    steady_ += time;
  }
  /// Somebody sets the time of day: no time goes by.
  void set(std::chrono::milliseconds by) { wall_ += by; }

  /// What the program is given. This has to outlive it.
  files::Clock clock() const {
    return
        [this] { return files::Moment{.steady = steady_, .wall = second()}; };
  }

 private:
  Wall::time_point wall_{};
  // Not the epoch, which an empty time_point is.
  Steady::time_point steady_{std::chrono::hours(1)};
};

}  // namespace mtasts::scenario
