// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tool/retry_queue.hpp"

namespace mtasts::tool {
namespace {

using Domains = std::vector<std::string>;
using std::chrono::seconds;

constexpr RetryQueue::Time k_start{};

TEST(RetryQueue, HasWhatWasAddedDueAtOnce) {
  RetryQueue queue;
  EXPECT_EQ(queue.next(), std::nullopt);
  queue.add("b.example", k_start);
  queue.add("a.example", k_start);
  EXPECT_EQ(queue.due(k_start), (Domains{"a.example", "b.example"}));
  queue.remove("a.example");
  EXPECT_EQ(queue.due(k_start), Domains{"b.example"});
  EXPECT_EQ(queue.size(), 1);
}

TEST(RetryQueue, TriesAgainLessAndLessOften) {
  RetryQueue queue;
  RetryQueue::Time now = k_start;
  queue.add("a.example", now);
  std::vector<int> waits;
  for (int i = 0; i < 9; ++i) {
    queue.postpone("a.example", now);
    EXPECT_EQ(queue.due(*queue.next() - seconds(1)), Domains{});
    waits.push_back(static_cast<int>(
        std::chrono::duration_cast<seconds>(*queue.next() - now).count()));
    now = *queue.next();
    EXPECT_EQ(queue.due(now), Domains{"a.example"});
  }
  EXPECT_EQ(waits, (std::vector<int>{1, 2, 4, 8, 16, 32, 60, 60, 60}));
  // An edit is new hope.
  queue.add("a.example", now);
  queue.postpone("a.example", now);
  EXPECT_EQ(queue.next(), now + seconds(1));
}

}  // namespace
}  // namespace mtasts::tool
