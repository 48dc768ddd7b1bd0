// SPDX-License-Identifier: MIT
// Whatever was seen, it comes back from JSON as it was.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "random_facts.hpp"
#include "verify/facts_json.hpp"

namespace mtasts::verify {
namespace {

constexpr int k_rounds = 400;

/// The last of those that `text` has.
Result<Facts> parse_facts(std::string_view text) {
  Facts facts;
  const auto taken =
      parse_each_facts(text, [&facts](Facts one) { facts = std::move(one); });
  if (!taken) return fail(taken.error());
  return facts;
}

TEST(PropertyFacts, ComeBackFromJson) {
  Random random;
  for (int round = 0; round < k_rounds; ++round) {
    const Facts facts = RandomFacts(random).make();
    const std::string text = format_facts(facts);
    ASSERT_EQ(text.find('\n'), std::string::npos);
    const auto again = parse_facts(text);
    ASSERT_TRUE(again) << again.error().message << "\n" << text;
    ASSERT_TRUE(*again == facts) << text << "\n" << format_facts(*again);
    ASSERT_EQ(format_facts(*again), text);
  }
}

/// Cut anywhere it is refused, and changed anywhere it is read or refused.
TEST(PropertyFacts, AreReadWholeOrNotAtAll) {
  Random random;
  for (int round = 0; round < k_rounds / 4; ++round) {
    std::string text = format_facts(RandomFacts(random).make());
    const std::size_t at = random.below(text.size());
    EXPECT_FALSE(parse_facts(text.substr(0, at)));
    text[at] = static_cast<char>(random.below(256));
    const auto changed = parse_facts(text);
    if (changed) {
      EXPECT_TRUE(parse_facts(format_facts(*changed)) == *changed);
    } else {
      EXPECT_NE(changed.error().message, "");
    }
  }
}

}  // namespace
}  // namespace mtasts::verify
