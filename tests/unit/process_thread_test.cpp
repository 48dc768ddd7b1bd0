// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <system_error>
#include <utility>
#include <vector>

#include "process/thread.hpp"

namespace mtasts::process {
namespace {

constexpr std::size_t k_stack_octets = 256 * 1024;

TEST(ProcessThread, IsOverWhenItIsDestroyed) {
  int calls = 0;
  {
    const Thread thread(k_stack_octets, [&calls] { ++calls; });
  }
  EXPECT_EQ(calls, 1);
}

TEST(ProcessThread, CanBeMovedWhileItRuns) {
  std::vector<int> done(20);
  {
    std::vector<Thread> threads;
    for (int& one : done) {
      threads.emplace_back(k_stack_octets, [&one] { ++one; });
    }
  }
  EXPECT_EQ(done, std::vector<int>(20, 1));
}

TEST(ProcessThread, ThrowsWhenThereIsNoRoomForItsStack) {
  constexpr std::size_t k_too_much = std::size_t{1} << 60;
  EXPECT_THROW(Thread(k_too_much, [] {}), std::system_error);
}

}  // namespace
}  // namespace mtasts::process
