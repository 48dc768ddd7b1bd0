// SPDX-License-Identifier: MIT
// The faults are in tests/bad_policy.
#include <gtest/gtest.h>

#include "sts/policy_line.hpp"

namespace mtasts::sts {
namespace {

void good(std::string_view text, std::string_view name,
          std::string_view value) {
  const Result<PolicyLine> line = parse_line(text);
  ASSERT_TRUE(line) << text;
  EXPECT_EQ(line->name, name) << text;
  EXPECT_EQ(line->value, value) << text;
}

TEST(StsPolicyLine, IsNameColonAndValue) {
  good("mode: testing", "mode", "testing");
  good("mode:testing", "mode", "testing");
  good("mode: \t testing \t", "mode", "testing");
  good("note: a: b  c", "note", "a: b  c");
}

TEST(StsPolicyLine, LeavesNameAndValueToOthers) {
  good(":", "", "");
  good("a/b: \x01", "a/b", "\x01");
}

TEST(StsPolicyLine, TellsATabBeforeTheValueFromOneBehind) {
  EXPECT_TRUE(parse_line("mode: \ttesting")->tab_before_value);
  EXPECT_FALSE(parse_line("mode: testing\t")->tab_before_value);
  EXPECT_FALSE(parse_line("note: a\tb")->tab_before_value);
}

}  // namespace
}  // namespace mtasts::sts
