// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "log.hpp"
#include "server/log_budget.hpp"

namespace mtasts::server {
namespace {

class ServerLogBudget : public testing::Test {
 protected:
  void TearDown() override { log::set_level(log::Level::info); }

  /// Of 150 that are asked for at once, those that may be written.
  static int count_lines(log::Level level) {
    log::set_level(level);
    LogBudget budget;
    int lines = 0;
    for (int i = 0; i < 150; ++i) lines += budget.may_write() ? 1 : 0;
    return lines;
  }
};

TEST_F(ServerLogBudget, WritesAHundredLinesInASecond) {
  EXPECT_EQ(count_lines(log::Level::debug), 100);
}

TEST_F(ServerLogBudget, WritesNothingUnlessAsked) {
  EXPECT_EQ(count_lines(log::Level::info), 0);
}

}  // namespace
}  // namespace mtasts::server
