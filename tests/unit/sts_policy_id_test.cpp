// SPDX-License-Identifier: MIT
// The vectors were made with sha256sum(1). They pin the id for ever: another
// id for the same octets would tell every sender of a change that is none.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "sts/policy.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "text/ascii.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::seconds;

std::string id_of(Mode mode, const std::vector<std::string>& texts,
                  std::int64_t max_age) {
  std::vector<MxPattern> mx;
  for (const std::string& text : texts) {
    mx.push_back(*MxPattern::from_typed(text));
  }
  return policy_id(format_policy(*Policy::make(mode, mx, seconds(max_age))));
}

TEST(StsPolicyId, VectorOfNothing) {
  EXPECT_EQ(policy_id(""), "e3b0c44298fc1c149afbf4c8996fb924");
}

TEST(StsPolicyId, VectorOfTesting) {
  EXPECT_EQ(id_of(Mode::testing, {"mail.example.com"}, 604800),
            "c0a762642c8ff96deabc4e74c1e5d657");
}

TEST(StsPolicyId, VectorOfEnforce) {
  EXPECT_EQ(
      id_of(Mode::enforce, {"mx1.example.com", "mx2.example.com"}, 2419200),
      "a2952ce205454ddf2f1e466d0f4138a5");
}

TEST(StsPolicyId, VectorOfNone) {
  EXPECT_EQ(id_of(Mode::none, {}, 86400), "94815eb6141fb6e5526888bf66f98f76");
}

TEST(StsPolicyId, VectorOfWildcards) {
  EXPECT_EQ(id_of(Mode::enforce,
                  {"mail.example.com", "*.example.net", "backupmx.example.com"},
                  604800),
            "93b842b1c3cef32d2b3580594ce6ac3b");
}

// The example of RFC 8461, 3.2, as it stands there: its mx lines are not in
// our order, and the id is of the octets, not of their meaning.
TEST(StsPolicyId, VectorOfTheExampleInTheRfc) {
  EXPECT_EQ(policy_id("version: STSv1\r\nmode: enforce\r\n"
                      "mx: mail.example.com\r\nmx: *.example.net\r\n"
                      "mx: backupmx.example.com\r\nmax_age: 604800\r\n"),
            "b7c7f8ecaf8c62bfd6c88412f7c35d06");
}

// RFC 8461, 3.1: sts-id is 1*32(ALPHA / DIGIT).
TEST(StsPolicyId, Has32LettersAndDigits) {
  const std::string id = policy_id("x");
  EXPECT_EQ(id.size(), 32U);
  EXPECT_TRUE(std::all_of(id.begin(), id.end(), text::is_alphanumeric)) << id;
}

TEST(StsPolicyId, ChangesWithEveryOctet) {
  EXPECT_NE(policy_id("a\r\n"), policy_id("a\n"));
  EXPECT_NE(policy_id("a"), policy_id(std::string("a\0", 2)));
}

TEST(StsPolicyId, IgnoresTheOrderOfMx) {
  EXPECT_EQ(id_of(Mode::testing, {"a.example", "*.b.example", "c.example"}, 9),
            id_of(Mode::testing, {"c.example", "a.example", "*.b.example"}, 9));
}

TEST(StsPolicyId, IgnoresTheCaseOfMx) {
  EXPECT_EQ(id_of(Mode::testing, {"a.example"}, 9),
            id_of(Mode::testing, {"A.Example"}, 9));
}

TEST(StsPolicyId, IgnoresDuplicateMx) {
  EXPECT_EQ(id_of(Mode::testing, {"a.example"}, 9),
            id_of(Mode::testing, {"a.example", "a.example."}, 9));
}

TEST(StsPolicyId, IgnoresHowAnMxIsSpelled) {
  EXPECT_EQ(id_of(Mode::testing, {"bücher.example"}, 9),
            id_of(Mode::testing, {"xn--bcher-kva.example"}, 9));
}

TEST(StsPolicyId, ChangesWithTheMode) {
  const std::set<std::string> ids = {id_of(Mode::testing, {"a.example"}, 9),
                                     id_of(Mode::enforce, {"a.example"}, 9),
                                     id_of(Mode::none, {"a.example"}, 9)};
  EXPECT_EQ(ids.size(), 3U);
}

TEST(StsPolicyId, ChangesWithMaxAge) {
  EXPECT_NE(id_of(Mode::testing, {"a.example"}, 9),
            id_of(Mode::testing, {"a.example"}, 10));
}

TEST(StsPolicyId, ChangesWithAnMxMoreOrLess) {
  const std::set<std::string> ids = {
      id_of(Mode::none, {}, 9), id_of(Mode::none, {"a.example"}, 9),
      id_of(Mode::none, {"a.example", "b.example"}, 9)};
  EXPECT_EQ(ids.size(), 3U);
}

TEST(StsPolicyId, ChangesFromNameToWildcard) {
  EXPECT_NE(id_of(Mode::testing, {"a.example"}, 9),
            id_of(Mode::testing, {"*.a.example"}, 9));
}

// RFC 8461, 3.1: an id "uniquely identif[ies] a given instance of a policy":
// going back to the old policy gives the old id.
TEST(StsPolicyId, ComesBackWithThePolicy) {
  const std::string before = id_of(Mode::testing, {"a.example"}, 9);
  EXPECT_NE(id_of(Mode::enforce, {"a.example"}, 9), before);
  EXPECT_EQ(id_of(Mode::testing, {"a.example"}, 9), before);
}

TEST(StsPolicyIdProperty, ShuffledCasedAndRepeatedMxGiveOneId) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> mx;
    const std::size_t count = 1 + random() % 8;
    for (std::size_t i = 0; i < count; ++i) {
      mx.push_back((random() % 2 == 0 ? "*.h" : "h") +
                   std::to_string(random() % 20) + ".example");
    }
    const std::string id = id_of(Mode::enforce, mx, 604800);
    mx.push_back(mx[random() % mx.size()]);
    std::shuffle(mx.begin(), mx.end(), random);
    for (std::string& text : mx) {
      for (char& c : text) {
        if (c >= 'a' && c <= 'z' && random() % 2 == 0) {
          c = static_cast<char>(c - 'a' + 'A');
        }
      }
    }
    ASSERT_EQ(id_of(Mode::enforce, mx, 604800), id);
  }
}

TEST(StsPolicyIdProperty, DifferentPoliciesHaveDifferentIds) {
  std::set<std::string> ids;
  std::size_t policies = 0;
  for (const Mode mode : {Mode::testing, Mode::enforce, Mode::none}) {
    for (std::int64_t max_age = 0; max_age < 40; ++max_age) {
      for (const auto& mx :
           std::vector<std::vector<std::string>>{{"a.example"},
                                                 {"*.a.example"},
                                                 {"a.example", "*.a.example"},
                                                 {"a.example", "b.example"}}) {
        ids.insert(id_of(mode, mx, max_age));
        ++policies;
      }
    }
  }
  EXPECT_EQ(ids.size(), policies);
}

}  // namespace
}  // namespace mtasts::sts
