// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "verify/pace.hpp"

namespace mtasts::verify {
namespace {

using namespace std::chrono_literals;

constexpr Pace::Limits k_one_a_second{
    .with_one = 1, .with_all = 2, .between = 1000ms};

/// By a clock of its own, in milliseconds from its start.
class PaceTest : public testing::Test {
 protected:
  bool begin(const char* address, std::chrono::milliseconds at) {
    return pace_.begin(address, k_start + at, next_);
  }
  /// When to ask again; nothing to wait for but an end is max().
  std::chrono::milliseconds next() const {
    return next_ == Pace::Moment::max()
               ? std::chrono::milliseconds::max()
               : std::chrono::duration_cast<std::chrono::milliseconds>(next_ -
                                                                       k_start);
  }

  static constexpr Pace::Moment k_start{1h};
  Pace pace_{k_one_a_second};
  Pace::Moment next_{};
};

TEST_F(PaceTest, BeginsOneASecondAtAnAddress) {
  EXPECT_TRUE(begin("192.0.2.1", 0ms));
  pace_.end("192.0.2.1");
  EXPECT_FALSE(begin("192.0.2.1", 999ms));
  EXPECT_EQ(next(), 1000ms);
  EXPECT_TRUE(begin("192.0.2.1", 1000ms));
}

TEST_F(PaceTest, HasOneConversationWithAnAddress) {
  EXPECT_TRUE(begin("192.0.2.1", 0ms));
  EXPECT_FALSE(begin("192.0.2.1", 5000ms));
  EXPECT_EQ(next(), std::chrono::milliseconds::max());
  pace_.end("192.0.2.1");
  EXPECT_TRUE(begin("192.0.2.1", 5000ms));
}

TEST_F(PaceTest, HasSoManyConversationsWithAll) {
  EXPECT_TRUE(begin("192.0.2.1", 0ms));
  EXPECT_TRUE(begin("192.0.2.2", 0ms));
  EXPECT_FALSE(begin("192.0.2.3", 0ms));
  EXPECT_EQ(next(), std::chrono::milliseconds::max());
  pace_.end("192.0.2.1");
  EXPECT_TRUE(begin("192.0.2.3", 0ms));
}

TEST_F(PaceTest, ForgetsAddressesButNotTooEarly) {
  for (int i = 0; i < 3000; ++i) {
    const std::string address = std::to_string(i);
    ASSERT_TRUE(begin(address.c_str(), 1ms * i));
    pace_.end(address);
  }
  EXPECT_FALSE(begin("2999", 3500ms));
  EXPECT_TRUE(begin("0", 3500ms));
}

TEST(PaceThreadsTest, LetsEveryoneHaveATurn) {
  constexpr int k_threads = 16;
  constexpr auto k_between = 5ms;
  Pace pace({.with_one = 1, .with_all = 4, .between = k_between});
  std::mutex mutex;
  std::vector<std::chrono::steady_clock::time_point> starts;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  threads.reserve(k_threads);
  for (int i = 0; i < k_threads; ++i) {
    threads.emplace_back([&] {
      const Pace::Turn turn = pace.take("192.0.2.1");
      most = std::max<int>(most, ++running);
      {
        const std::lock_guard lock(mutex);
        starts.push_back(std::chrono::steady_clock::now());
      }
      --running;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
  ASSERT_EQ(starts.size(), k_threads);
  // Whatever the machine does, so many turns take so much time.
  EXPECT_GE(starts.back() - starts.front(), (k_threads - 2) * k_between);
}

}  // namespace
}  // namespace mtasts::verify
