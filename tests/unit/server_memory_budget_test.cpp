// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "server/memory_budget.hpp"

namespace mtasts::server {
namespace {

constexpr std::uint64_t k_mib = 1 << 20;

TEST(MemoryBudget, LeavesHalfOfTheRest) {
  const Budget budget = make_budget(256 * k_mib, 56 * k_mib);
  EXPECT_EQ(budget.octets, 100 * k_mib);
  EXPECT_EQ(budget.connections, 100 * k_mib / k_worst_octets);
}

TEST(MemoryBudget, IsNeverTooSmallToServe) {
  EXPECT_EQ(make_budget(10 * k_mib, 20 * k_mib).connections, 64U);
  EXPECT_EQ(make_budget(0, 0).octets, 64 * k_worst_octets);
}

}  // namespace
}  // namespace mtasts::server
