// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "tlsrpt/date_range.hpp"

namespace mtasts::tlsrpt {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

constexpr sys_seconds k_day = sys_days{year{2026} / 11 / 24};
constexpr seconds k_second{1};
constexpr sys_seconds k_received = k_day + days{1} + seconds{10'000};
constexpr DateRange k_whole{k_day, k_day + days{1} - k_second};

struct Completed {
  DateRange range;
  std::vector<Anomaly> anomalies = {};

  friend bool operator==(const Completed&, const Completed&) = default;
};

Completed complete(StatedRange stated, sys_seconds received = k_received) {
  std::vector<Anomaly> anomalies;
  const DateRange range = complete_range(stated, received, anomalies);
  return {range, anomalies};
}

TEST(DateRangeTest, LeavesADayAsItIs) {
  EXPECT_EQ(complete({k_whole.begin, k_whole.end}), Completed{k_whole});
}

TEST(DateRangeTest, CompletesWhatIsNotSaid) {
  EXPECT_EQ(complete({}), Completed{k_whole});
  EXPECT_EQ(complete({.begin = k_whole.begin}), Completed{k_whole});
  EXPECT_EQ(complete({.end = k_whole.end}), Completed{k_whole});
}

TEST(DateRangeTest, IsOfSomeYearOfReports) {
  for (const sys_seconds received :
       {sys_seconds::min(), sys_seconds{}, sys_seconds::max()}) {
    const DateRange range = complete({}, received).range;
    EXPECT_GE(range.begin, sys_seconds(sys_days{year{2000} / 1 / 1}));
    EXPECT_LT(range.end, sys_seconds(sys_days{year{2100} / 1 / 1}));
  }
}

TEST(DateRangeTest, SaysWhatIsOdd) {
  using enum AnomalyKind;
  EXPECT_EQ(complete({k_day, k_day + days{1}}),
            (Completed{k_whole, {{end_at_midnight, "date-range", "", 1}}}));
  EXPECT_EQ(complete({k_day, k_day}),
            (Completed{k_whole,
                       {{bad_value, "date-range",
                         "it does not end after it begins", 1}}}));
  EXPECT_EQ(complete({k_day - days{6}, k_whole.end}),
            (Completed{{k_day - days{6}, k_whole.end},
                       {{long_range, "date-range", "168 hours", 1}}}));
}

}  // namespace
}  // namespace mtasts::tlsrpt
