// SPDX-License-Identifier: MIT
#include "server/log_budget.hpp"

#include "log.hpp"

namespace mtasts::server {
namespace {

constexpr std::uint32_t k_max_lines_per_second = 100;

}  // namespace

bool LogBudget::may_write() {
  if (!log::is_on(log::Level::debug)) return false;
  const auto now = std::chrono::steady_clock::now();
  if (now - second_ >= std::chrono::seconds(1)) {
    if (left_out_ != 0) log::debug("access-left-out", {{"count", left_out_}});
    second_ = now;
    written_ = 0;
    left_out_ = 0;
  }
  if (written_ < k_max_lines_per_second) {
    ++written_;
    return true;
  }
  ++left_out_;
  return false;
}

}  // namespace mtasts::server
