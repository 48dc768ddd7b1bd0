// SPDX-License-Identifier: MIT
#include "process/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace mtasts::process {
namespace {

constexpr std::chrono::seconds k_between{1};
// A file takes 10 us at least, and a look at the clock a hundredth of that.
constexpr std::size_t k_steps_a_look = 16;

}  // namespace

std::string group_digits(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

void show_on_terminal(const std::string& text) {
  if (::isatty(STDERR_FILENO) != 1) return;
  fmt::print(stderr, "\r\x1b[K{}", text);  // erases to the end of the line
  std::fflush(stderr);
}

Progress::Progress(Tell tell, std::function<Moment()> clock)
    : tell_(std::move(tell)),
      clock_(std::move(clock)),
      next_(clock_() + k_between) {}

Progress::~Progress() {
  if (has_told_) tell_("");
}

void Progress::begin(std::string_view act, std::string_view what,
                     std::size_t count) {
  act_ = fmt::format("{} {}", act, what);
  count_ = count == 0 ? "" : " of " + group_digits(count);
  done_.store(0);
}

void Progress::has_read() {
  if ((done_.fetch_add(1) + 1) % k_steps_a_look != 0) return;
  // Nobody waits for who tells.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return;
  const Moment now = clock_();
  if (now < next_) return;
  next_ = now + k_between;
  has_told_ = true;
  tell_(
      fmt::format("{}: {}{} files", act_, group_digits(done_.load()), count_));
}

}  // namespace mtasts::process
