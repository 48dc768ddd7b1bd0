// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "verify/once_map.hpp"

namespace mtasts::verify {
namespace {

TEST(OnceMapTest, MakesAKeyOnce) {
  OnceMap<int> map(10);
  int made = 0;
  const auto make = [&made] { return ++made; };
  EXPECT_EQ(*map.make_once("a", make), 1);
  EXPECT_EQ(*map.make_once("b", make), 2);
  EXPECT_EQ(*map.make_once("a", make), 1);
}

TEST(OnceMapTest, KeepsThoseThatWereAskedForLast) {
  OnceMap<int> map(2);
  int made = 0;
  const auto make = [&made] { return ++made; };
  map.make_once("a", make);
  map.make_once("b", make);
  map.make_once("a", make);
  map.make_once("c", make);
  EXPECT_EQ(*map.make_once("a", make), 1);
  EXPECT_EQ(*map.make_once("b", make), 4);
}

TEST(OnceMapTest, MakesAnewWhatItWasToldToForget) {
  OnceMap<int> map(2);
  int made = 0;
  const auto make = [&made] { return ++made; };
  const auto first = map.make_once("a", make);
  map.forget("a");
  map.forget("b");
  EXPECT_EQ(*map.make_once("a", make), 2);
  EXPECT_EQ(*first, 1);
}

TEST(OnceMapTest, HasOneThreadMakeAndTheOthersWait) {
  constexpr int k_threads = 8;
  OnceMap<std::string> map(10);
  std::atomic<int> made = 0;
  std::latch asking(k_threads);
  std::vector<std::string> got(k_threads);
  std::vector<std::thread> threads;
  threads.reserve(k_threads);
  for (int i = 0; i < k_threads; ++i) {
    threads.emplace_back([&, i] {
      asking.arrive_and_wait();
      got[static_cast<std::size_t>(i)] = *map.make_once("mx", [&made] {
        ++made;
        return std::string("seen");
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(got, std::vector<std::string>(k_threads, "seen"));
}

TEST(OnceMapTest, LetsOneBeForgottenWhileItIsMade) {
  OnceMap<int> map(1);
  const auto outer = map.make_once("a", [&map] {
    map.forget("a");  // which it can't yet
    return *map.make_once("b", [] { return 1; }) + 1;
  });
  EXPECT_EQ(*outer, 2);
}

}  // namespace
}  // namespace mtasts::verify
