// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "text/lines.hpp"

namespace mtasts::text {
namespace {

std::vector<std::string> list(std::string_view text) {
  std::vector<std::string> all;
  for (const std::string_view line : Lines(text)) all.emplace_back(line);
  return all;
}

TEST(TextLines, HasEachLineWithoutItsEnd) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(list(""), Texts{});
  EXPECT_EQ(list("a\n"), Texts{"a"});
  EXPECT_EQ(list("a\nbc\n\nd\n"), (Texts{"a", "bc", "", "d"}));
  EXPECT_EQ(list("\n"), Texts{""});
  EXPECT_EQ(list("a\nrest without an end"),
            (Texts{"a", "rest without an end"}));
}

}  // namespace
}  // namespace mtasts::text
