// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "tool/progress.hpp"

namespace mtasts::tool {
namespace {

using namespace std::chrono_literals;

TEST(ProgressTest, SaysHowFarItIs) {
  EXPECT_EQ(format_progress(0, 7, 0ms), "0 of 7");
  EXPECT_EQ(format_progress(3, 7, 1999ms), "3 of 7");
  EXPECT_EQ(format_progress(1234, 100'000, 3000ms),
            "1,234 of 100,000, 411 a second, 4 minutes left");
}

TEST(ProgressTest, ChoosesUnits) {
  EXPECT_EQ(format_progress(1, 3, 10s), "1 of 3, 6 a minute, 20 seconds left");
  EXPECT_EQ(format_progress(100, 1'000'000, 10s),
            "100 of 1,000,000, 10 a second, 28 hours left");
  EXPECT_EQ(format_progress(0, 3, 10s), "0 of 3");
}

}  // namespace
}  // namespace mtasts::tool
