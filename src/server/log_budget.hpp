// SPDX-License-Identifier: MIT
// How many lines clients may cause in the log: those of level debug alone, and
// never more than a disk can bear.
#pragma once

#include <chrono>
#include <cstdint>

namespace mtasts::server {

/// One thread's own.
class LogBudget {
 public:
  /// True if one more line of level debug is to be written now. What had to be
  /// left out is said once a second.
  bool may_write();

 private:
  std::chrono::steady_clock::time_point second_;  // its begin
  std::uint32_t written_ = 0;                     // in this second
  std::uint64_t left_out_ = 0;
};

}  // namespace mtasts::server
