// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sts/mx_pattern.hpp"

namespace mtasts::sts {
namespace {

MxPattern mx(std::string_view text) { return *MxPattern::parse(text); }
dns::Name host(std::string_view text) { return *dns::Name::parse(text); }

void good(std::string_view text, std::string_view want) {
  const Result<MxPattern> pattern = MxPattern::parse(text);
  ASSERT_TRUE(pattern) << text << ": " << pattern.error().message;
  EXPECT_EQ(pattern->text(), want);
}

void bad(std::string_view text, std::string_view message) {
  const Result<MxPattern> pattern = MxPattern::parse(text);
  ASSERT_FALSE(pattern) << text;
  EXPECT_EQ(pattern.error().message, message) << text;
}

// RFC 8461, 3.2: sts-policy-mx-value = ["*."] Domain.
TEST(StsMxPattern, AcceptsAHostName) {
  good("mail.example.com", "mail.example.com");
}

TEST(StsMxPattern, AcceptsAWildcard) { good("*.example.com", "*.example.com"); }

TEST(StsMxPattern, LowersCase) { good("*.Example.COM", "*.example.com"); }

TEST(StsMxPattern, RefusesAWildcardAnywhereElse) {
  for (const std::string_view text :
       {"*", "mail.*", "mail.*.example.com", "*.*.example.com",
        "*mail.example.com", "mail*.example.com", "**.example.com"}) {
    bad(text, "has a \"*\" where none may stand");
  }
}

TEST(StsMxPattern, RefusesAWildcardOfNothing) { bad("*.", "is empty"); }

TEST(StsMxPattern, RefusesAWildcardOfAnAddress) {
  bad("*.192.0.2.1", "is an address, not a host name");
}

TEST(StsMxPattern, RefusesATrailingDot) {
  bad("mail.example.com.", "ends with a dot");
  bad("*.example.com.", "ends with a dot");
}

TEST(StsMxPattern, RefusesULabels) {
  bad("*.bücher.example", "has octets outside ASCII");
}

TEST(StsMxPattern, FromTypedTakesATrailingDot) {
  EXPECT_EQ(MxPattern::from_typed("*.Example.com.")->text(), "*.example.com");
}

TEST(StsMxPattern, FromTypedTurnsULabelsIntoALabels) {
  EXPECT_EQ(MxPattern::from_typed("*.bücher.example")->text(),
            "*.xn--bcher-kva.example");
}

TEST(StsMxPattern, FromTypedRefusesAWildcardInside) {
  EXPECT_EQ(MxPattern::from_typed("a.*.example").error().message,
            "has a \"*\" where none may stand");
}

TEST(StsMxPattern, TellsItsParts) {
  EXPECT_TRUE(mx("*.example.com").is_wildcard());
  EXPECT_EQ(mx("*.example.com").name().text(), "example.com");
  EXPECT_FALSE(mx("example.com").is_wildcard());
  EXPECT_EQ(mx("example.com").name().text(), "example.com");
}

// RFC 8461, 4.1: identity, compared without case.
TEST(StsMxPatternMatches, TheHostItself) {
  EXPECT_TRUE(mx("mail.example.com").matches(host("MAIL.example.COM")));
}

TEST(StsMxPatternMatches, NoOtherHost) {
  EXPECT_FALSE(mx("mail.example.com").matches(host("mail2.example.com")));
  EXPECT_FALSE(mx("mail.example.com").matches(host("a.mail.example.com")));
  EXPECT_FALSE(mx("mail.example.com").matches(host("example.com")));
}

// RFC 8461, 4.1: the wildcard "*" is exactly one label.
TEST(StsMxPatternMatches, OneLabelForTheWildcard) {
  EXPECT_TRUE(mx("*.example.com").matches(host("mail.example.com")));
  EXPECT_TRUE(mx("*.example.com").matches(host("xn--bcher-kva.example.com")));
}

TEST(StsMxPatternMatches, NotNoLabelForTheWildcard) {
  EXPECT_FALSE(mx("*.example.com").matches(host("example.com")));
}

TEST(StsMxPatternMatches, NotTwoLabelsForTheWildcard) {
  EXPECT_FALSE(mx("*.example.com").matches(host("a.mail.example.com")));
}

TEST(StsMxPatternMatches, NotANeighbour) {
  EXPECT_FALSE(mx("*.example.com").matches(host("mail.notexample.com")));
  EXPECT_FALSE(mx("*.example.com").matches(host("mailexample.com")));
  EXPECT_FALSE(mx("*.example.com").matches(host("mail.example.com.net")));
}

TEST(StsMxPatternMatches, ASingleLabelUnderNothing) {
  EXPECT_FALSE(mx("*.com").matches(host("com")));
  EXPECT_TRUE(mx("*.com").matches(host("example.com")));
}

TEST(StsMxPattern, OrderIsThatOfTheTextByOctets) {
  std::vector<MxPattern> patterns = {mx("b.example"),   mx("a-b.example"),
                                     mx("*.b.example"), mx("a.example"),
                                     mx("1.example"),   mx("*.a.example")};
  std::sort(patterns.begin(), patterns.end());
  std::vector<std::string> texts;
  for (const MxPattern& pattern : patterns) texts.push_back(pattern.text());
  EXPECT_EQ(texts, (std::vector<std::string>{"*.a.example", "*.b.example",
                                             "1.example", "a-b.example",
                                             "a.example", "b.example"}));
}

TEST(StsMxPattern, WildcardDiffersFromItsName) {
  EXPECT_NE(mx("*.example.com"), mx("example.com"));
}

}  // namespace
}  // namespace mtasts::sts
