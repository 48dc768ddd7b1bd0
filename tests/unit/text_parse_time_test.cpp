// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "text/parse_time.hpp"
#include "text/time.hpp"

namespace mtasts::text {
namespace {

TEST(TextParseTime, ReadsWhatIsWritten) {
  for (const std::string text :
       {"0000-01-01T00:00:00Z", "1950-06-30T12:00:01Z", "1970-01-01T00:00:00Z",
        "2024-02-29T23:59:59Z", "9999-12-31T23:59:59Z"}) {
    const auto time = parse_time(text);
    ASSERT_TRUE(time) << time.error().message;
    EXPECT_EQ(format_time(*time), text);
  }
}

TEST(TextParseTime, RefusesEverythingElse) {
  for (const std::string text :
       {"", "2026-11-23", "2026-11-23T19:38:51", "2026-11-23 19:38:51Z",
        "2026-11-23T19:38:51z", "2026-11-23T19:38:51+00:00",
        "2026-02-29T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "-026-01-01T00:00:00Z", "2026-01-01T00:00:00Z "}) {
    const auto time = parse_time(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().message, in_quotes(text) + " is no time");
    EXPECT_EQ(time.error().hint, "write it in UTC: \"2026-11-23T19:38:51Z\"");
  }
}

}  // namespace
}  // namespace mtasts::text
