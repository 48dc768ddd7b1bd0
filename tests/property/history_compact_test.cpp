// SPDX-License-Identifier: MIT
// A shorter history says what the longer one did.
#include "tool/history_compact.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "random.hpp"
#include "sts/life_cycle.hpp"
#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::sys_seconds;
using sts::HistoryLine;
using Event = HistoryLine::Event;
using Lines = std::vector<HistoryLine>;

constexpr sys_seconds k_start{
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

HistoryLine line(hours time, Event event, days max_age) {
  auto policy = *sts::Policy::make(
      sts::Mode::enforce, {*sts::MxPattern::parse("mx.alpha.test")}, max_age);
  return {.time = k_start + time,
          .event = event,
          .domain = "alpha.test",
          .id = sts::policy_id(sts::format_policy(policy)),
          .policy = policy};
}

/// What is said of a domain at any time from `now` on is what it was.
TEST(HistoryCompactProperty, SaysTheSameFromNowOn) {
  Random random;
  const auto any = [&](std::size_t most) {
    return static_cast<int>(random.below(most + 1));
  };
  for (int round = 0; round < 2000; ++round) {
    Lines lines;
    hours time{0};
    for (int i = any(12); i >= 0; --i) {
      // Backwards, too.
      time += hours(any(40) - 5);
      lines.push_back(
          line(time, any(1) == 0 ? Event::serve : Event::end, days(any(3))));
    }
    const sys_seconds now = k_start + std::max(time, hours(0)) + hours(any(60));
    sts::Past before;
    for (const HistoryLine& one : lines) before.add(one);
    sts::Past after;
    for (const HistoryLine& one : compact_lines(lines, now)) after.add(one);
    for (int later = 0; later < 5; ++later) {
      const sys_seconds at = now + hours(later * 20);
      const auto held = before.cached_until(at);
      // Never shorter; what is forgotten by then makes no difference.
      if (held && *held > at) {
        ASSERT_EQ(after.cached_until(at), held);
      }
    }
  }
}

}  // namespace
}  // namespace mtasts::tool
