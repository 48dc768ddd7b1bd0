// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "tlsrpt/report_time.hpp"

namespace mtasts::tlsrpt {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

constexpr sys_seconds k_day = sys_days{year{2026} / 11 / 24};

TEST(ReportTimeTest, ReadsWhatRfc3339Has) {
  const ReportTime midnight{k_day, true, true};
  for (const char* text :
       {"2026-11-24T00:00:00Z", "2026-11-24t00:00:00z",
        "2026-11-24T00:00:00.123456Z", "2026-11-24T02:00:00+02:00",
        "2026-11-23T16:30:00-07:30", "2026-11-24T00:00:00+00:00"}) {
    EXPECT_EQ(find_report_time(text), midnight) << text;
  }
}

TEST(ReportTimeTest, ReadsWhatSendersHaveBesides) {
  for (const char* text : {"2026-11-24T00:00:00", "2026-11-24T00:00"}) {
    EXPECT_EQ(find_report_time(text), (ReportTime{k_day, false, true})) << text;
  }
  for (const char* text : {"2026-11-24 00:00:00", "2026-11-24", "2026/11/24"}) {
    EXPECT_EQ(find_report_time(text), (ReportTime{k_day, false, false}))
        << text;
  }
  for (const char* text :
       {"1795478400", "1795478400000", "2026-11-24 00:00:00 +0000"}) {
    EXPECT_EQ(find_report_time(text), (ReportTime{k_day, true, false})) << text;
  }
  EXPECT_EQ(find_report_time("2026-11-23T24:00:00Z"),
            (ReportTime{k_day, true, true}));
}

TEST(ReportTimeTest, FindsNothingInOtherTexts) {
  for (const char* text :
       {"", "today", "2026-02-30T00:00:00Z", "2026-11-24T25:00:00Z",
        "2026-11-24T00:60:00Z", "2026-11-24T00:00:61Z", "2026-11-24T00:00:00Zz",
        "2026-11-24T00:00:00+", "2026-11-24T00:00:00+24:00",
        "2026-11-24T00:00:00+01:60", "2026-11-24T", "2026-1-24T00:00:00Z",
        "1970-01-01T00:00:00Z", "0", "99999999999999", "2100-01-01T00:00:00Z",
        "2026-11-24x00:00:00Z"}) {
    EXPECT_EQ(find_report_time(text), std::nullopt) << text;
  }
}

TEST(ReportTimeTest, TakesNumbersOfYearsThatHaveMail) {
  EXPECT_EQ(find_epoch_time(1795478400), k_day);
  EXPECT_EQ(find_epoch_time(1795478400999), k_day);
  EXPECT_EQ(find_epoch_time(-1), std::nullopt);
  EXPECT_EQ(find_epoch_time(INT64_MAX), std::nullopt);
}

}  // namespace
}  // namespace mtasts::tlsrpt
