// SPDX-License-Identifier: MIT
#include "sts/mx_pattern.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "random.hpp"
#include "shrink.hpp"

namespace mtasts::sts {
namespace {

using Labels = std::vector<std::string>;

Labels make_labels(Random& random) {
  Labels labels;
  for (std::size_t left = 1 + random.below(4); left > 0; --left) {
    labels.push_back(random.one_of(Labels{"a", "b", "ab", "a-b"}));
  }
  return labels;
}

std::string join(const Labels& labels) {
  std::string text;
  for (const std::string& one : labels) text += (text.empty() ? "" : ".") + one;
  return text;
}

Labels split(const std::string& text) {
  Labels labels(1);
  for (const char c : text) {
    if (c == '.') {
      labels.emplace_back();
    } else {
      labels.back() += c;
    }
  }
  return labels;
}

// RFC 8461, 4.1: label by label, "*" for exactly the left-most one.
bool matches(const std::string& pattern, const std::string& host) {
  Labels wanted = split(pattern);
  const Labels labels = split(host);
  if (wanted.front() == "*") wanted.front() = labels.front();
  return wanted == labels;
}

/// Of "pattern host"; what is neither is left alone.
bool agrees(const std::string& both) {
  const std::size_t space = std::min(both.find(' '), both.size());
  const auto pattern = MxPattern::parse(both.substr(0, space));
  const auto host =
      dns::Name::parse(both.substr(std::min(space + 1, both.size())));
  if (!pattern || !host) return true;
  return pattern->matches(*host) == matches(pattern->text(), host->text());
}

TEST(MxPatternProperty, MatchesAsAComparisonOfLabelsDoes) {
  Random random;
  int matched = 0;
  for (int i = 0; i < 50000; ++i) {
    const std::string host = join(make_labels(random));
    const std::string pattern =
        (random.once_in(2) ? "*." : "") + join(make_labels(random));
    matched += matches(pattern, host) ? 1 : 0;
    const std::string both = pattern + " " + host;
    ASSERT_TRUE(agrees(both))
        << shrink(both, [](const std::string& less) { return !agrees(less); });
  }
  EXPECT_GT(matched, 100);
}

// The one above would tell of a fault in as few letters as it takes.
TEST(Shrink, LeavesNothingThatIsNotNeeded) {
  const auto fails = [](const std::string& text) {
    const std::size_t x = text.find('x');
    return x != std::string::npos && text.find('y', x) != std::string::npos;
  };
  EXPECT_EQ(shrink(std::string("aaxbbbbxcyydd"), fails), "xy");
  EXPECT_EQ(shrink(std::string("xy"), fails), "xy");
}

}  // namespace
}  // namespace mtasts::sts
