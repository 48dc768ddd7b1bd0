// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "tool/history_compact.hpp"

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

HistoryLine line(hours time, Event event, days max_age,
                 const std::string& domain = "alpha.test") {
  auto policy = *sts::Policy::make(
      sts::Mode::enforce, {*sts::MxPattern::parse("mx.alpha.test")}, max_age);
  return {.time = k_start + time,
          .event = event,
          .domain = domain,
          .id = sts::policy_id(sts::format_policy(policy)),
          .policy = policy};
}

TEST(HistoryCompact, MergesByTimeAndKeepsEachOrder) {
  const HistoryLine a = line(hours(1), Event::serve, days(1));
  const HistoryLine b = line(hours(9), Event::serve, days(2));
  // Its clock was set back here, and is right again with the next line.
  const HistoryLine c = line(hours(2), Event::end, days(1));
  const HistoryLine d = line(hours(12), Event::end, days(2));
  const HistoryLine other = line(hours(5), Event::serve, days(3));
  EXPECT_EQ(merge_lines({{a, b, c, d}, {other}}),
            (Lines{a, other, b, line(hours(12), Event::end, days(1)), d}));
  EXPECT_EQ(merge_lines({}), Lines{});
}

TEST(HistoryCompact, DropsWhatNobodyHolds) {
  const Lines lines = {line(hours(0), Event::serve, days(1)),
                       line(hours(10), Event::serve, days(2)),
                       line(hours(10), Event::end, days(1)),
                       line(hours(20), Event::end, days(2)),
                       line(hours(20), Event::serve, days(2)),
                       line(hours(30), Event::end, days(2)),
                       line(hours(0), Event::serve, days(1), "beta.test")};
  // At 40 h the first is forgotten, and all of the second is one.
  EXPECT_EQ(compact_lines(lines, k_start + hours(40)),
            (Lines{lines[6], lines[1], lines[5]}));
  // Long after: that there was one is known still.
  EXPECT_EQ(compact_lines(lines, k_start + days(400)),
            (Lines{lines[6], lines[1], lines[5]}));
}

}  // namespace
}  // namespace mtasts::tool
