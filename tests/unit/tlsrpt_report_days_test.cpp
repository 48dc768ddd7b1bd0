// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "tlsrpt/report_days_text.hpp"

namespace mtasts::tlsrpt {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

// 2026-11-28T05:00:00Z
constexpr std::chrono::sys_seconds k_now{std::chrono::seconds(1'795'842'000)};

const std::string k_text =
    "mta-sts report days 1\n"
    "time: 2026-11-28T05:00:00Z\n"
    "domain day reports unverified organizations tlsa tlsa-failed sts "
    "sts-failed no-policy-found no-policy-found-failed other other-failed\n"
    "alpha.test 2026-11-27 3 1 2 4 5 6 7 8 9 10 11\n"
    "end 2026-11-26 1 0 1 0 0 12 0 0 0 0 0\n"
    "domains: 2\n";

DomainDay make_alpha() {
  return {.domain = "alpha.test",
          .day = sys_days(year(2026) / 11 / 27),
          .reports = 3,
          .unverified = 1,
          .organizations = 2,
          .sessions = {{{4, 5}, {6, 7}, {8, 9}, {10, 11}}}};
}

DomainDay make_end() {
  return {.domain = "end",
          .day = sys_days(year(2026) / 11 / 26),
          .reports = 1,
          .organizations = 1,
          .sessions = {{{}, {12, 0}, {}, {}}}};
}

std::string fault_of(const std::string& text) {
  const Result<ReportDays> days = ReportDays::parse(text);
  return days ? "none" : days.error().message;
}

std::string with(std::string_view old, std::string_view fresh) {
  std::string text = k_text;
  return text.replace(text.find(old), old.size(), fresh);
}

TEST(TlsrptReportDays, AreOneText) {
  EXPECT_EQ(format_report_days({make_end(), make_alpha()}, k_now), k_text);
}

TEST(TlsrptReportDays, LeaveOutWhatIsNoName) {
  DomainDay odd = make_alpha();
  for (const char* name : {"", "a b", "A", "a:", "a\nb", "\xc3\xa4"}) {
    odd.domain = name;
    EXPECT_EQ(format_report_days({make_alpha(), odd, make_end()}, k_now),
              k_text);
  }
}

TEST(TlsrptReportDays, AreReadAsTheyWereWritten) {
  const Result<ReportDays> days = ReportDays::parse(k_text);
  ASSERT_TRUE(days) << days.error().message;
  EXPECT_EQ(days->made(), k_now);
  EXPECT_EQ(days->size(), 2U);
  EXPECT_EQ(days->find("alpha.test"), make_alpha());
  EXPECT_EQ(days->find("end"), make_end());
  for (const char* name : {"", "a", "alpha", "alpha.tesu", "beta", "z", "0"}) {
    EXPECT_EQ(days->find(name), std::nullopt) << name;
  }
}

TEST(TlsrptReportDays, MayBeOfNoDomain) {
  const Result<ReportDays> days =
      ReportDays::parse(format_report_days({}, k_now));
  ASSERT_TRUE(days) << days.error().message;
  EXPECT_EQ(days->size(), 0U);
  EXPECT_EQ(days->find("alpha.test"), std::nullopt);
}

TEST(TlsrptReportDays, FindEachOfMany) {
  std::vector<DomainDay> all;
  for (int i = 0; i < 1000; ++i) {
    DomainDay one = make_alpha();
    one.domain = fmt::format("{}{}.test", std::string(i % 7, 'a'), i * 17);
    one.reports = 1 + static_cast<std::uint64_t>(i);
    all.push_back(one);
  }
  const Result<ReportDays> days =
      ReportDays::parse(format_report_days(all, k_now));
  ASSERT_TRUE(days) << days.error().message;
  for (const DomainDay& one : all) {
    EXPECT_EQ(days->find(one.domain), one);
    EXPECT_EQ(days->find(one.domain + "x"), std::nullopt);
  }
}

TEST(TlsrptReportDays, HoldTheLargestCounts) {
  DomainDay one = make_alpha();
  one.sessions[1].failed = std::numeric_limits<std::uint64_t>::max();
  const Result<ReportDays> days =
      ReportDays::parse(format_report_days({one}, k_now));
  ASSERT_TRUE(days) << days.error().message;
  EXPECT_EQ(days->find("alpha.test"), one);
}

TEST(TlsrptReportDays, NameTheLineThatIsWrong) {
  const std::string version = "is no summary of reports, or of another version";
  EXPECT_EQ(fault_of(""), version);
  EXPECT_EQ(fault_of("SQLite format 3"), version);
  EXPECT_EQ(fault_of(with("days 1", "days 2")), version);
  EXPECT_EQ(fault_of(with("time: ", "time ")), "line 2 has no time");
  EXPECT_EQ(fault_of(with("05:00:00", "25:00:00")), "line 2 has no time");
  EXPECT_EQ(fault_of(with("tlsa ", "")), "line 3 has other columns");
  for (const auto& [old, fresh] :
       std::vector<std::pair<std::string, std::string>>{
           {"alpha", "Alpha"},
           {"alpha.test", ""},
           {"11-27", "11-31"},
           {"2026-11-27", "2026-11-27T00:00:00Z"},
           {" 3 1", " 3"},
           {" 3 1", " 3  1"},
           {" 3 1", " +3 1"},
           {" 3 1", " 03 1"},
           {" 3 1", " 18446744073709551616 1"},
           {" 3 1", " 3 4"},
           {"10 11", "10 11 12"},
           {"10 11", "10 11 "},
           {"10 11", "10 11\r"}}) {
    EXPECT_EQ(fault_of(with(old, fresh)), "line 4 can't be understood")
        << old << " -> " << fresh;
  }
  EXPECT_EQ(fault_of(with("end ", "alpha.test ")), "line 5 is out of order");
  EXPECT_EQ(fault_of(with("end ", "alpha ")), "line 5 is out of order");
  EXPECT_EQ(fault_of(with("domains: 2", "domains: 1")),
            "line 6 is no end of what is there");
  EXPECT_EQ(fault_of(k_text + "\n"), "line 6 is no end of what is there");
}

// As a disk that was full would leave it, if it were written in place.
TEST(TlsrptReportDays, AreNotReadWithoutTheirEnd) {
  for (std::size_t size = 0; size < k_text.size(); ++size) {
    EXPECT_NE(fault_of(k_text.substr(0, size)), "none") << size;
  }
}

}  // namespace
}  // namespace mtasts::tlsrpt
