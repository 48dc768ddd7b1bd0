// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

namespace mtasts::scenario {

/// While it lives, what is written to standard output and standard error comes
/// here, in its order. Lines of the log are told in the scenario's time.
class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// What came since the last time happened at `now`.
  void stamp(std::chrono::sys_seconds now);
  /// All that was stamped, and the rest.
  std::string take(std::chrono::sys_seconds now);

 private:
  std::string read_new();

  std::string text_;
  int file_;
  int out_;  // where they went before
  int error_;
};

}  // namespace mtasts::scenario
