// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>

#include "dns/name_map.hpp"

namespace mtasts::dns {
namespace {

using Map = NameMap<int>;

TEST(DnsNameMap, HasWhatWasPutIn) {
  const Map map = Map().with({{"a.example", 1}, {"b.example", 2}});
  ASSERT_NE(map.find("b.example"), nullptr);
  EXPECT_EQ(*map.find("b.example"), 2);
  EXPECT_EQ(map.find("c.example"), nullptr);
  EXPECT_EQ(map.find(""), nullptr);
  EXPECT_EQ(map.size(), 2U);
}

TEST(DnsNameMap, LeavesTheOneBeforeAsItWas) {
  const Map before = Map().with({{"a.example", 1}, {"b.example", 2}});
  const Map after =
      before.with({{"a.example", std::nullopt}, {"b.example", 3}});
  EXPECT_EQ(*before.find("a.example"), 1);
  EXPECT_EQ(*before.find("b.example"), 2);
  EXPECT_EQ(after.find("a.example"), nullptr);
  EXPECT_EQ(*after.find("b.example"), 3);
  EXPECT_EQ(after.size(), 1U);
}

TEST(DnsNameMap, SharesWhatStaysTheSame) {
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) names.push_back(std::to_string(i));
  Map::Changes many;
  for (int i = 0; i < 10'000; ++i) many.emplace_back(names[i], i);
  const Map before = Map().with(std::move(many));
  const Map after = before.with({{"7", 70}});
  std::size_t shared = 0;
  for (const std::string& name : names) {
    if (before.find(name) == after.find(name)) ++shared;
  }
  EXPECT_GT(shared, 9'800U);
}

// std::map is the second opinion.
TEST(DnsNameMap, DoesAsAnOrdinaryMapDoes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<std::string> names;
  for (int i = 0; i < 500; ++i) names.push_back(std::to_string(i));
  std::map<std::string_view, int> want;
  Map map;
  for (int round = 0; round < 200; ++round) {
    std::map<std::string_view, std::optional<int>> changes;
    for (int i = 0; i < 20; ++i) {
      const std::string_view name = names[random() % names.size()];
      if (random() % 3 == 0) {
        changes[name] = std::nullopt;
        want.erase(name);
      } else {
        changes[name] = round;
        want[name] = round;
      }
    }
    map = map.with({changes.begin(), changes.end()});
  }
  std::map<std::string_view, int> found;
  map.for_each([&](std::string_view name, int value) { found[name] = value; });
  EXPECT_EQ(found, want);
  EXPECT_EQ(map.size(), want.size());
}

}  // namespace
}  // namespace mtasts::dns
