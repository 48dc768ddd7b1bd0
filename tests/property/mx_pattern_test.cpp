// SPDX-License-Identifier: MIT
#include "sts/mx_pattern.hpp"

#include <gtest/gtest.h>

#include "random.hpp"

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

// RFC 8461, 4.1: label by label, "*" for exactly the left-most one.
TEST(MxPatternProperty, MatchesAsAComparisonOfLabelsDoes) {
  Random random;
  int matched = 0;
  for (int i = 0; i < 50000; ++i) {
    Labels pattern = make_labels(random);
    const bool wildcard = random.once_in(2);
    const Labels host = make_labels(random);
    const std::string text = (wildcard ? "*." : "") + join(pattern);
    if (wildcard) pattern.insert(pattern.begin(), host.front());
    const bool wanted = pattern == host;
    matched += wanted ? 1 : 0;
    ASSERT_EQ(MxPattern::parse(text)->matches(*dns::Name::parse(join(host))),
              wanted)
        << text << " " << join(host);
  }
  EXPECT_GT(matched, 100);
}

}  // namespace
}  // namespace mtasts::sts
