// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <random>

#include "text/duration.hpp"

namespace mtasts::text {
namespace {

using std::chrono::seconds;

void good(std::string_view text, std::int64_t want) {
  const Result<seconds> duration = parse_duration(text);
  ASSERT_TRUE(duration) << text;
  EXPECT_EQ(*duration, seconds(want)) << text;
}

void bad(std::string_view text, std::string_view message) {
  const Result<seconds> duration = parse_duration(text);
  ASSERT_FALSE(duration) << text;
  EXPECT_EQ(duration.error().message, message) << text;
  EXPECT_EQ(duration.error().hint, "for example \"1w\"") << text;
}

constexpr std::string_view k_form =
    "is not a number with one of the units s m h d w";

TEST(TextDuration, KnowsFiveUnits) {
  good("90s", 90);
  good("5m", 300);
  good("12h", 43200);
  good("3d", 259200);
  good("2w", 1209600);
}

TEST(TextDuration, TakesZero) { good("0s", 0); }

TEST(TextDuration, TakesLeadingZeros) { good("007d", 604800); }

TEST(TextDuration, TakesTenDigitsOfWeeks) {
  good("9999999999w", 9999999999 * 604800);
}

TEST(TextDuration, RefusesElevenDigits) { bad("10000000000s", k_form); }

TEST(TextDuration, RefusesNothing) { bad("", k_form); }

TEST(TextDuration, RefusesANumberWithoutAUnit) { bad("604800", k_form); }

TEST(TextDuration, RefusesAUnitWithoutANumber) { bad("w", k_form); }

TEST(TextDuration, RefusesSignsAndFractions) {
  bad("-1d", k_form);
  bad("+1d", k_form);
  bad("1.5d", k_form);
}

TEST(TextDuration, RefusesSums) { bad("1d12h", k_form); }

TEST(TextDuration, RefusesSpaces) {
  bad("1 d", k_form);
  bad(" 1d", k_form);
  bad("1d ", k_form);
}

TEST(TextDuration, RefusesWords) { bad("1 week", k_form); }

TEST(TextDuration, RefusesOtherUnits) {
  for (const std::string_view text : {"1y", "1W", "1M", "1µ"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  bad("1y", "has a unit that is none of s m h d w");
  bad("1W", "has a unit that is none of s m h d w");
}

TEST(TextDuration, IsWrittenInTheLargestExactUnit) {
  EXPECT_EQ(format_duration(seconds(604800)), "1w");
  EXPECT_EQ(format_duration(seconds(2592000)), "30d");
  EXPECT_EQ(format_duration(seconds(129600)), "36h");
  EXPECT_EQ(format_duration(seconds(5400)), "90m");
  EXPECT_EQ(format_duration(seconds(90)), "90s");
  EXPECT_EQ(format_duration(seconds(31557600)), "8766h");
}

TEST(TextDuration, ZeroIsZeroSeconds) {
  EXPECT_EQ(format_duration(seconds(0)), "0s");
}

TEST(TextDurationProperty, WhatIsWrittenIsReadBack) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 1000; ++round) {
    const seconds duration(random() % 31557601);
    ASSERT_EQ(*parse_duration(format_duration(duration)), duration);
  }
}

}  // namespace
}  // namespace mtasts::text
