// SPDX-License-Identifier: MIT
#include "shared.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mtasts {
namespace {

/// Says when it ends.
struct Witness : Counted {
  explicit Witness(int& count) : ends(&count) {}
  Witness(const Witness&) = default;
  ~Witness() { ++*ends; }
  int* ends;
};

TEST(Shared, EndsWithItsLastHolder) {
  int ends = 0;
  {
    auto one = make_counted<Witness>(ends);
    Shared<const Witness> two = one;
    EXPECT_EQ(one.use_count(), 2U);
    Shared<const Witness> three = std::move(two);
    EXPECT_EQ(one.use_count(), 2U);
    EXPECT_EQ(two, nullptr);  // NOLINT: what a move leaves is null
    EXPECT_EQ(three.get(), one.get());
    one = nullptr;
    EXPECT_EQ(ends, 0);
    three = three;  // NOLINT: of itself
    EXPECT_EQ(ends, 0);
  }
  EXPECT_EQ(ends, 1);
}

TEST(Shared, DoesNotShareTheHoldersOfWhatItIsACopyOf) {
  int ends = 0;
  {
    const auto one = make_counted<Witness>(ends);
    const auto copy = make_counted<Witness>(*one);
  }
  EXPECT_EQ(ends, 2);
}

TEST(Shared, IsOfAnyNumberOfThreads) {
  int ends = 0;
  {
    const auto one = make_counted<const Witness>(ends);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([one] {
        std::vector<Shared<const Witness>> all(1000, one);
        all.resize(10);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(ends, 0);
  }
  EXPECT_EQ(ends, 1);
}

TEST(SharedList, HasWhatItWasMadeOf) {
  const std::vector<std::string> from = {"a", "b", std::string(100, 'c')};
  SharedList<std::string> list(from);
  EXPECT_EQ(std::vector<std::string>(list.begin(), list.end()), from);
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.front(), "a");
  EXPECT_EQ(list[1], "b");
  const SharedList<std::string> copy = list;
  EXPECT_EQ(copy.data(), list.data());
}

TEST(SharedList, TakesNothingForNone) {
  const SharedList<std::string> none(std::vector<std::string>{});
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.size(), 0U);
  EXPECT_EQ(none.begin(), none.end());
  EXPECT_EQ(none.data(), nullptr);
}

TEST(SharedList, EndsItsItems) {
  const auto item = std::make_shared<int>(1);
  {
    const SharedList<std::shared_ptr<int>> list = {item, item};
    EXPECT_EQ(item.use_count(), 3);
  }
  EXPECT_EQ(item.use_count(), 1);
}

}  // namespace
}  // namespace mtasts
