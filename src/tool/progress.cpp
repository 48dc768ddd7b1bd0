// SPDX-License-Identifier: MIT
#include "tool/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "process/progress.hpp"

namespace mtasts::tool {
namespace {

// Faster than that nobody reads.
constexpr std::chrono::milliseconds k_between{200};
// A rate says something from then on.
constexpr std::chrono::seconds k_first_rate{2};

std::string format_left(double seconds) {
  constexpr double k_minute = 60;
  constexpr double k_hour = 3600;
  if (seconds < 2 * k_minute) return fmt::format("{:.0f} seconds", seconds);
  if (seconds < 2 * k_hour) {
    return fmt::format("{:.0f} minutes", seconds / k_minute);
  }
  return fmt::format("{:.0f} hours", seconds / k_hour);
}

}  // namespace

std::string format_progress(std::size_t done, std::size_t count,
                            std::chrono::milliseconds time) {
  std::string text = fmt::format("{} of {}", process::group_digits(done),
                                 process::group_digits(count));
  if (done == 0 || time < k_first_rate) return text;
  const double rate =
      static_cast<double>(done) / std::chrono::duration<double>(time).count();
  text += rate < 1 ? fmt::format(", {:.0f} a minute", rate * 60)
                   : fmt::format(", {:.0f} a second", rate);
  return text +
         fmt::format(", {} left",
                     format_left(static_cast<double>(count - done) / rate));
}

Progress::Progress(std::size_t count, Moment start)
    : count_(count),
      start_(start),
      is_wanted_(count > 1 && ::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { hide(); }

void Progress::hide() {
  if (!is_shown_) return;
  is_shown_ = false;
  process::show_on_terminal("");
}

void Progress::step(Moment now) {
  ++done_;
  if (!is_wanted_ || now - shown_ < k_between) return;
  process::show_on_terminal(format_progress(
      done_, count_,
      std::chrono::duration_cast<std::chrono::milliseconds>(now - start_)));
  shown_ = now;
  is_shown_ = true;
}

}  // namespace mtasts::tool
