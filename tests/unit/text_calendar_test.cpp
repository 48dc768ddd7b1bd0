// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "text/ascii.hpp"
#include "text/calendar.hpp"

namespace mtasts::text {
namespace {

constexpr std::chrono::sys_seconds k_now{
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 28)};

/// As RFC 5545, 3.1 has it read.
std::string unfold(std::string text) {
  for (std::size_t at = text.find("\r\n "); at != std::string::npos;
       at = text.find("\r\n ", at)) {
    text.erase(at, 3);
  }
  return text;
}

TEST(TextCalendar, HasAnEventWithAnAlarm) {
  EXPECT_EQ(format_calendar("-//alpha//test//EN",
                            {{.uid = "one.alpha.test",
                              .at = k_now + std::chrono::hours(30),
                              .summary = "alpha.test: change; the MX, records",
                              .description = "first\nsecond \\ third"}},
                            k_now),
            "BEGIN:VCALENDAR\r\n"
            "VERSION:2.0\r\n"
            "PRODID:-//alpha//test//EN\r\n"
            "METHOD:PUBLISH\r\n"
            "BEGIN:VEVENT\r\n"
            "UID:one.alpha.test\r\n"
            "DTSTAMP:20261128T000000Z\r\n"
            "DTSTART:20261129T060000Z\r\n"
            "DURATION:PT15M\r\n"
            "SUMMARY:alpha.test: change\\; the MX\\, records\r\n"
            "DESCRIPTION:first\\nsecond \\\\ third\r\n"
            "TRANSP:TRANSPARENT\r\n"
            "BEGIN:VALARM\r\n"
            "ACTION:DISPLAY\r\n"
            "TRIGGER:PT0S\r\n"
            "DESCRIPTION:alpha.test: change\\; the MX\\, records\r\n"
            "END:VALARM\r\n"
            "END:VEVENT\r\n"
            "END:VCALENDAR\r\n");
}

TEST(TextCalendar, FoldsAt75Octets) {
  // Characters of one, two, three and four octets, and escapes, at each place
  // where a line can end.
  for (const std::string& one :
       {std::string("a"), std::string("\xC3\xA4"), std::string("\xE2\x82\xAC"),
        std::string("\xF0\x9F\x93\xA7"), std::string(","), std::string("\n")}) {
    for (std::size_t shift = 0; shift < 8; ++shift) {
      std::string summary(shift, 'x');
      for (int i = 0; i < 200; ++i) summary += one;
      const std::string text = format_calendar(
          "p", {{.uid = "u", .at = k_now, .summary = summary}}, k_now);
      std::string_view rest = text;
      while (!rest.empty()) {
        const std::size_t end = rest.find("\r\n");
        ASSERT_NE(end, std::string_view::npos);
        const std::string_view line = rest.substr(0, end);
        EXPECT_LE(line.size(), 75U);
        // No character begins in the middle, and no escape ends there.
        EXPECT_FALSE(line.size() > 1 && line[0] == ' ' &&
                     (static_cast<unsigned char>(line[1]) & 0xC0U) == 0x80U);
        EXPECT_FALSE(line.ends_with('\\'));
        rest.remove_prefix(end + 2);
      }
      std::string escaped(shift, 'x');
      for (int i = 0; i < 200; ++i) {
        escaped += one == "," ? "\\," : one == "\n" ? "\\n" : one;
      }
      EXPECT_TRUE(has(unfold(text), "\r\nSUMMARY:" + escaped + "\r\n"));
    }
  }
}

}  // namespace
}  // namespace mtasts::text
