// SPDX-License-Identifier: MIT
// How far long work is: on a terminal only, on one line of standard error.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace mtasts::tool {

/// "1,234 of 100,000, 410 a second, 4 minutes left".
std::string format_progress(std::size_t done, std::size_t count,
                            std::chrono::milliseconds time);

class Progress {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  /// Shows nothing of a single one, nor where there is no terminal.
  Progress(std::size_t count, Moment start);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Makes room for what is printed; step() shows the line again.
  void hide();
  void step(Moment now);

 private:
  const std::size_t count_;
  const Moment start_;
  const bool is_wanted_;
  std::size_t done_ = 0;
  Moment shown_ = {};
  bool is_shown_ = false;
};

}  // namespace mtasts::tool
