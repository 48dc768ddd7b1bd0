// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "sts/policy.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::seconds;

std::vector<MxPattern> mx(const std::vector<std::string>& texts) {
  std::vector<MxPattern> patterns;
  for (const std::string& text : texts) {
    patterns.push_back(*MxPattern::parse(text));
  }
  return patterns;
}

void bad(const Result<Policy>& policy, std::string_view message,
         std::string_view hint) {
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().message, message);
  EXPECT_EQ(policy.error().hint, hint);
}

/// Hosts whose mx lines have 80 octets each.
std::vector<std::string> hosts_of_74_octets(int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    texts.push_back(
        fmt::format("{}{:03}.example.com", std::string(59, 'a'), i));
  }
  return texts;
}

constexpr std::string_view k_mx_hint =
    "list every host that receives mail for the domain: mx = "
    "[\"mail.example.net\"]";
constexpr std::string_view k_year_hint =
    "RFC 8461, 3.2 allows about one year at most: \"365d\"";

// RFC 8461, 5: three modes, in the words of the grammar.
TEST(StsMode, IsWrittenInLowerCase) {
  EXPECT_EQ(format_mode(Mode::testing), "testing");
  EXPECT_EQ(format_mode(Mode::enforce), "enforce");
  EXPECT_EQ(format_mode(Mode::none), "none");
}

TEST(StsMode, IsReadBack) {
  for (const Mode mode : {Mode::testing, Mode::enforce, Mode::none}) {
    EXPECT_EQ(parse_mode(format_mode(mode)), mode);
  }
}

// RFC 8461, 3.2: %s, case-sensitive.
TEST(StsMode, IsReadToTheLetter) {
  for (const std::string_view text :
       {"", "Testing", "ENFORCE", "report", "none ", " none", "test"}) {
    EXPECT_EQ(parse_mode(text), std::nullopt) << text;
  }
}

TEST(StsPolicy, KeepsWhatItIsMadeOf) {
  const Result<Policy> policy =
      Policy::make(Mode::enforce, mx({"mail.example.com"}), seconds(604800));
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->mode(), Mode::enforce);
  EXPECT_EQ(policy->mx(), mx({"mail.example.com"}));
  EXPECT_EQ(policy->max_age(), seconds(604800));
}

TEST(StsPolicy, SortsMx) {
  EXPECT_EQ(
      Policy::make(Mode::testing, mx({"b.example", "*.a.example", "a.example"}),
                   seconds(1))
          ->mx(),
      mx({"*.a.example", "a.example", "b.example"}));
}

TEST(StsPolicy, DropsDuplicateMx) {
  EXPECT_EQ(
      Policy::make(Mode::testing, mx({"a.example", "b.example", "A.example"}),
                   seconds(1))
          ->mx(),
      mx({"a.example", "b.example"}));
}

// RFC 8461, 3.2: mx "required at least once, except when mode is none".
TEST(StsPolicy, NeedsAnMxForEnforce) {
  bad(Policy::make(Mode::enforce, {}, seconds(604800)),
      "mode enforce needs at least one mx", k_mx_hint);
}

TEST(StsPolicy, NeedsAnMxForTesting) {
  bad(Policy::make(Mode::testing, {}, seconds(604800)),
      "mode testing needs at least one mx", k_mx_hint);
}

TEST(StsPolicy, NeedsNoMxForNone) {
  EXPECT_TRUE(Policy::make(Mode::none, {}, seconds(86400)));
}

TEST(StsPolicy, MayHaveMxForNone) {
  EXPECT_EQ(
      Policy::make(Mode::none, mx({"a.example"}), seconds(86400))->mx().size(),
      1U);
}

// RFC 8461, 3.2: "a non-negative integer" with "a maximum value of 31557600".
TEST(StsPolicy, TakesMaxAgeZero) {
  EXPECT_TRUE(Policy::make(Mode::none, {}, seconds(0)));
}

TEST(StsPolicy, TakesTheLargestMaxAge) {
  EXPECT_TRUE(Policy::make(Mode::none, {}, seconds(31557600)));
}

TEST(StsPolicy, RefusesALargerMaxAge) {
  bad(Policy::make(Mode::none, {}, seconds(31557601)),
      "max_age 31557601 is outside 0 to 31557600 seconds", k_year_hint);
}

TEST(StsPolicy, RefusesANegativeMaxAge) {
  bad(Policy::make(Mode::none, {}, seconds(-1)),
      "max_age -1 is outside 0 to 31557600 seconds", k_year_hint);
}

// chasquid cuts a body at 10,240 octets; "version: STSv1", "mode: testing"
// and "max_age: 604800" have 16, 15 and 17 octets with their CRLF.
TEST(StsPolicy, RefusesATextOverTenThousandOctets) {
  bad(Policy::make(Mode::testing, mx(hosts_of_74_octets(125)), seconds(604800)),
      "the policy text would have 10048 octets, above 10000",
      "some sending MTAs read no further; use a wildcard for hosts under one "
      "name");
}

TEST(StsPolicy, TakesATextOfExactlyTenThousandOctets) {
  // 124 lines of 80 octets and one of 32: 4 + 26 + 2.
  std::vector<std::string> texts = hosts_of_74_octets(124);
  texts.push_back("abcdefghijklmn.example.com");
  const Result<Policy> policy =
      Policy::make(Mode::testing, mx(texts), seconds(604800));
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(format_policy(*policy).size(), 10'000U);
}

TEST(StsPolicy, RefusesATextOfTenThousandAndOneOctets) {
  std::vector<std::string> texts = hosts_of_74_octets(124);
  texts.push_back("abcdefghijklmno.example.com");
  EXPECT_EQ(
      Policy::make(Mode::testing, mx(texts), seconds(604800)).error().message,
      "the policy text would have 10001 octets, above 10000");
}

// Duplicates are dropped first, so they cannot make a policy too large.
TEST(StsPolicy, MeasuresTheTextWithoutDuplicates) {
  std::vector<MxPattern> many(1000, *MxPattern::parse("mail.example.com"));
  EXPECT_TRUE(Policy::make(Mode::testing, many, seconds(604800)));
}

TEST(StsPolicy, EqualityIgnoresTheOrderOfMx) {
  EXPECT_EQ(
      *Policy::make(Mode::testing, mx({"a.example", "b.example"}), seconds(1)),
      *Policy::make(Mode::testing, mx({"b.example", "a.example"}), seconds(1)));
}

TEST(StsPolicy, DiffersByEachOfItsParts) {
  const Policy policy =
      *Policy::make(Mode::testing, mx({"a.example"}), seconds(1));
  EXPECT_NE(policy, *Policy::make(Mode::none, mx({"a.example"}), seconds(1)));
  EXPECT_NE(policy,
            *Policy::make(Mode::testing, mx({"b.example"}), seconds(1)));
  EXPECT_NE(policy,
            *Policy::make(Mode::testing, mx({"a.example"}), seconds(2)));
}

}  // namespace
}  // namespace mtasts::sts
