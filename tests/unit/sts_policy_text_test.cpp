// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

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

Policy make(Mode mode, const std::vector<std::string>& texts,
            std::int64_t max_age) {
  return *Policy::make(mode, mx(texts), seconds(max_age));
}

/// `text` says: testing, mail.example.com, 604800.
void good(std::string_view text) {
  const Result<Policy> policy = parse_policy(text);
  ASSERT_TRUE(policy) << text << ": " << policy.error().message;
  EXPECT_EQ(*policy, make(Mode::testing, {"mail.example.com"}, 604800)) << text;
}

void bad(std::string_view text, std::string_view message,
         std::string_view hint = "") {
  const Result<Policy> policy = parse_policy(text);
  ASSERT_FALSE(policy) << text;
  EXPECT_EQ(policy.error().message, message) << text;
  EXPECT_EQ(policy.error().hint, hint) << text;
}

/// A good policy with `line` as its second line.
std::string with(std::string_view line) {
  return "version: STSv1\n" + std::string(line) +
         "\nmode: testing\nmx: mail.example.com\nmax_age: 604800\n";
}

std::string with_max_age(std::string_view value) {
  return "version: STSv1\nmode: testing\nmx: mail.example.com\nmax_age: " +
         std::string(value) + "\n";
}

std::string with_mx(std::string_view value) {
  return "version: STSv1\nmode: testing\nmx: " + std::string(value) +
         "\nmax_age: 604800\n";
}

constexpr std::string_view k_name_hint =
    "letters, digits, \"_\", \"-\" and \".\", 32 at most, nothing before it "
    "and no space before the colon";

// --- Writing ---

TEST(StsPolicyText, WritesTesting) {
  EXPECT_EQ(format_policy(make(Mode::testing, {"mail.example.com"}, 604800)),
            "version: STSv1\r\n"
            "mode: testing\r\n"
            "mx: mail.example.com\r\n"
            "max_age: 604800\r\n");
}

// RFC 8461, 3.2: every mx is a field of its own.
TEST(StsPolicyText, WritesAFieldForEveryMx) {
  EXPECT_EQ(
      format_policy(
          make(Mode::enforce, {"mail.example.com", "*.example.net"}, 31557600)),
      "version: STSv1\r\n"
      "mode: enforce\r\n"
      "mx: *.example.net\r\n"
      "mx: mail.example.com\r\n"
      "max_age: 31557600\r\n");
}

TEST(StsPolicyText, WritesNoneWithoutMx) {
  EXPECT_EQ(format_policy(make(Mode::none, {}, 0)),
            "version: STSv1\r\n"
            "mode: none\r\n"
            "max_age: 0\r\n");
}

// --- Reading: what the ABNF of RFC 8461, 3.2 allows ---

TEST(StsPolicyText, ReadsCrlf) {
  good(
      "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\n"
      "max_age: 604800\r\n");
}

// sts-policy-term = LF / CRLF.
TEST(StsPolicyText, ReadsLf) {
  good(
      "version: STSv1\nmode: testing\nmx: mail.example.com\n"
      "max_age: 604800\n");
}

TEST(StsPolicyText, ReadsLfAndCrlfMixed) {
  good(
      "version: STSv1\r\nmode: testing\nmx: mail.example.com\r\n"
      "max_age: 604800\n");
}

TEST(StsPolicyText, NeedsNoTerminatorBehindTheLastField) {
  good(
      "version: STSv1\nmode: testing\nmx: mail.example.com\n"
      "max_age: 604800");
}

TEST(StsPolicyText, ReadsAnyOrder) {
  good(
      "max_age: 604800\nmx: mail.example.com\nmode: testing\n"
      "version: STSv1\n");
}

// sts-policy-field-delim = ":" *WSP.
TEST(StsPolicyText, NeedsNoSpaceBehindTheColon) {
  good("version:STSv1\nmode:testing\nmx:mail.example.com\nmax_age:604800\n");
}

TEST(StsPolicyText, AllowsMuchWhiteSpaceBehindTheColon) {
  good(
      "version: \t STSv1\nmode:\ttesting\nmx:   mail.example.com\n"
      "max_age:\t\t604800\n");
}

// sts-policy-record = sts-policy-field *WSP ...
TEST(StsPolicyText, AllowsWhiteSpaceAtTheEndOfALine) {
  good(
      "version: STSv1 \nmode: testing\t\r\nmx: mail.example.com \t \n"
      "max_age: 604800 ");
}

// RFC 8461, 3.2: parsers MUST accept, and ignore, fields they do not know.
TEST(StsPolicyText, IgnoresUnknownFields) {
  good(with("x-note: hello"));
  good(with("0a_b-c.d: 1"));
}

TEST(StsPolicyText, ExtensionNamesHaveUpTo32Octets) {
  good(with(std::string(32, 'a') + ": x"));
}

// %s: names in another case are other names, so they are extensions.
TEST(StsPolicyText, NamesInAnotherCaseAreUnknownFields) {
  good(with("Mode: enforce"));
  good(with("MX: other.example.com"));
  good(with("Max_Age: forever"));
}

TEST(StsPolicyText, ExtensionValuesMayHoldInnerSpacesAndColons) {
  good(with("note: a  b: c; d=\"e\""));
}

TEST(StsPolicyText, ExtensionValuesMayHoldUtf8) {
  good(with("note: ü 例 😀"));
  good(with("note: \xc2\x80 \xef\xbf\xbf \xf4\x8f\xbf\xbf"));
}

// RFC 8461, 3.2: "all entries except for the first SHALL be ignored".
TEST(StsPolicyText, TakesTheFirstOfDuplicates) {
  good(
      "version: STSv1\nmode: testing\nmode: enforce\nmx: mail.example.com\n"
      "max_age: 604800\nmax_age: 1\nversion: STSv1\n");
}

TEST(StsPolicyText, DoesNotLookAtTheValuesOfLaterDuplicates) {
  good(
      "version: STSv1\nmode: testing\nmode: report\nmx: mail.example.com\n"
      "max_age: 604800\nmax_age: never\nversion: STSv2\n");
}

TEST(StsPolicyText, TakesEveryMx) {
  EXPECT_EQ(parse_policy(with_mx("b.example\nmx: *.a.example"))->mx(),
            mx({"*.a.example", "b.example"}));
}

TEST(StsPolicyText, LowersTheCaseOfMx) { good(with_mx("MAIL.Example.COM")); }

TEST(StsPolicyText, ReadsNoneWithoutMx) {
  EXPECT_EQ(*parse_policy("version: STSv1\nmode: none\nmax_age: 86400\n"),
            make(Mode::none, {}, 86400));
}

TEST(StsPolicyText, ReadsNoneWithMx) {
  EXPECT_EQ(*parse_policy("version: STSv1\nmode: none\nmx: a.example\n"
                          "max_age: 86400\n"),
            make(Mode::none, {"a.example"}, 86400));
}

// sts-policy-max-age-value = 1*10(DIGIT).
TEST(StsPolicyText, ReadsMaxAgeWithLeadingZeros) {
  good(with_max_age("0000604800"));
}

TEST(StsPolicyText, ReadsMaxAgeZero) {
  EXPECT_EQ(parse_policy(with_max_age("0"))->max_age(), seconds(0));
}

TEST(StsPolicyText, ReadsTheLargestMaxAge) {
  EXPECT_EQ(parse_policy(with_max_age("31557600"))->max_age(),
            seconds(31557600));
}

// The example of RFC 8461, 3.2.
TEST(StsPolicyText, ReadsTheExampleOfTheRfc) {
  EXPECT_EQ(*parse_policy("version: STSv1\nmode: enforce\n"
                          "mx: mail.example.com\nmx: *.example.net\n"
                          "mx: backupmx.example.com\nmax_age: 604800\n"),
            make(Mode::enforce,
                 {"mail.example.com", "*.example.net", "backupmx.example.com"},
                 604800));
}

// --- Reading: what it refuses ---

TEST(StsPolicyText, RefusesNothing) { bad("", "there is no version field"); }

TEST(StsPolicyText, RefusesAMissingVersion) {
  bad("mode: testing\nmx: a.example\nmax_age: 1\n",
      "there is no version field");
}

TEST(StsPolicyText, RefusesAMissingMode) {
  bad("version: STSv1\nmx: a.example\nmax_age: 1\n", "there is no mode field");
}

TEST(StsPolicyText, RefusesAMissingMaxAge) {
  bad("version: STSv1\nmode: testing\nmx: a.example\n",
      "there is no max_age field");
}

TEST(StsPolicyText, RefusesAMissingMx) {
  bad("version: STSv1\nmode: enforce\nmax_age: 1\n",
      "mode enforce needs at least one mx",
      "list every host that receives mail for the domain: mx = "
      "[\"mail.example.net\"]");
}

TEST(StsPolicyText, RefusesAnEmptyLineAtTheEnd) {
  bad("version: STSv1\nmode: testing\nmx: a.example\nmax_age: 1\n\n",
      "line 5: is empty", "remove the line");
}

TEST(StsPolicyText, RefusesAnEmptyLineAtTheEndInCrlf) {
  bad("version: STSv1\r\nmode: testing\r\nmx: a.example\r\nmax_age: 1\r\n\r\n",
      "line 5: is empty", "remove the line");
}

TEST(StsPolicyText, RefusesAnEmptyLineInTheMiddle) {
  bad(with(""), "line 2: is empty", "remove the line");
}

TEST(StsPolicyText, RefusesAnEmptyLineAtTheStart) {
  bad("\nversion: STSv1\n", "line 1: is empty", "remove the line");
}

TEST(StsPolicyText, RefusesALineOfWhiteSpace) {
  bad(with(" \t"), "line 2: \" \\x09\" has no colon");
}

TEST(StsPolicyText, RefusesALineWithoutColon) {
  bad(with("hello"), "line 2: \"hello\" has no colon");
}

TEST(StsPolicyText, RefusesALoneCrAsTerminator) {
  bad("version: STSv1\rmode: testing\rmx: a.example\rmax_age: 1\r",
      "line 1: has a CR that no LF follows");
}

TEST(StsPolicyText, RefusesALoneCrAtTheEnd) {
  bad("version: STSv1\nmode: testing\nmx: a.example\nmax_age: 1\r",
      "line 4: has a CR that no LF follows");
}

TEST(StsPolicyText, RefusesTwoCrBeforeLf) {
  bad(with("a: b\r\r"), "line 2: has a CR that no LF follows");
}

TEST(StsPolicyText, RefusesAByteOrderMark) {
  bad("\xef\xbb\xbfversion: STSv1\n",
      "line 1: \"\xef\xbb\xbfversion\" is no field name", k_name_hint);
}

TEST(StsPolicyText, RefusesSpaceBeforeAName) {
  bad(with(" a: b"), "line 2: \" a\" is no field name", k_name_hint);
}

TEST(StsPolicyText, RefusesSpaceBeforeTheColon) {
  bad(with("mode : testing"), "line 2: \"mode \" is no field name",
      k_name_hint);
}

TEST(StsPolicyText, RefusesAFieldWithoutAName) {
  bad(with(": b"), "line 2: \"\" is no field name", k_name_hint);
}

TEST(StsPolicyText, RefusesANameOf33Octets) {
  const std::string name(33, 'a');
  bad(with(name + ": b"), "line 2: \"" + name + "\" is no field name",
      k_name_hint);
}

TEST(StsPolicyText, RefusesAComment) {
  bad(with("# note: b"), "line 2: \"# note\" is no field name", k_name_hint);
}

TEST(StsPolicyText, RefusesAnExtensionWithoutAValue) {
  bad(with("note:"), "line 2: field \"note\" has no proper value");
  bad(with("note: \t"), "line 2: field \"note\" has no proper value");
}

TEST(StsPolicyText, RefusesControlOctetsInAnExtension) {
  bad(with("note: a\tb"), "line 2: field \"note\" has no proper value");
  bad(with("note: a\x7f"), "line 2: field \"note\" has no proper value");
  bad(with(std::string("note: a\0b", 9)),
      "line 2: field \"note\" has no proper value");
}

// RFC 3629, 4: no overlong forms, no surrogates, nothing above U+10FFFF.
TEST(StsPolicyText, RefusesBrokenUtf8InAnExtension) {
  for (const std::string_view value :
       {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80", "\xe4\xbe",
        "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    bad(with("note: a" + std::string(value)),
        "line 2: field \"note\" has no proper value");
  }
}

// RFC 8461, 3.2: %s"STSv1".
TEST(StsPolicyText, RefusesAnotherVersion) {
  bad("version: STSv2\n", "line 1: version \"STSv2\" is not STSv1");
  bad("version: stsv1\n", "line 1: version \"stsv1\" is not STSv1");
  bad("version: STSv1 STSv2\n", "line 1: version \"STSv1 STSv2\" is not STSv1");
  bad("version:\n", "line 1: version \"\" is not STSv1");
}

TEST(StsPolicyText, RefusesAnotherMode) {
  bad("mode: report\n",
      "line 1: mode \"report\" is none of testing, enforce and none");
  bad("mode: Testing\n",
      "line 1: mode \"Testing\" is none of testing, enforce and none");
  bad("mode:\n", "line 1: mode \"\" is none of testing, enforce and none");
}

TEST(StsPolicyText, RefusesMaxAgeThatIsNoNumber) {
  for (const std::string text :
       {"", "1w", "-1", "+1", "1.0", "0x10", "1 2", "1,000", "1e3"}) {
    bad(with_max_age(text),
        "line 4: max_age \"" + text + "\" is not 1 to 10 digits");
  }
}

TEST(StsPolicyText, RefusesMaxAgeOfElevenDigits) {
  bad(with_max_age("00000604800"),
      "line 4: max_age \"00000604800\" is not 1 to 10 digits");
}

// RFC 8461, 3.2: "a maximum value of 31557600".
TEST(StsPolicyText, RefusesMaxAgeAboveOneYear) {
  bad(with_max_age("31557601"), "line 4: max_age 31557601 is above 31557600");
  bad(with_max_age("9999999999"),
      "line 4: max_age 9999999999 is above 31557600");
}

TEST(StsPolicyText, RefusesAnMxThatIsNoHostName) {
  bad(with_mx(""), "line 3: mx \"\" is empty");
  bad(with_mx("mail_1.example.com"),
      "line 3: mx \"mail_1.example.com\" has \"_\", which no host name has",
      "letters, digits and hyphens only");
  bad(with_mx("mail.example.com."),
      "line 3: mx \"mail.example.com.\" ends with a dot", "leave the dot out");
  bad(with_mx("192.0.2.1"),
      "line 3: mx \"192.0.2.1\" is an address, not a host name",
      "use the name that the address belongs to");
  bad(with_mx("a.example b.example"),
      "line 3: mx \"a.example b.example\" has \" \", which no host name has",
      "letters, digits and hyphens only");
}

// RFC 8461, 3.2: A-labels, not U-labels.
TEST(StsPolicyText, RefusesAnMxInULabels) {
  bad(with_mx("bücher.example"),
      "line 3: mx \"bücher.example\" has octets outside ASCII",
      "use the A-label form (xn--...)");
}

TEST(StsPolicyText, RefusesAWildcardInsideAnMx) {
  bad(with_mx("mail.*.example"),
      "line 3: mx \"mail.*.example\" has a \"*\" where none may stand",
      "a wildcard is the whole left-most label of an mx: \"*.example.net\"");
}

// mx is no field that counts once, so each of its values is looked at.
TEST(StsPolicyText, RefusesABadMxBehindAGoodOne) {
  bad(with_mx("a.example\nmx: *"),
      "line 4: mx \"*\" has a \"*\" where none may stand",
      "a wildcard is the whole left-most label of an mx: \"*.example.net\"");
}

TEST(StsPolicyText, RefusesAWebPage) {
  bad("<!DOCTYPE html>\n", "line 1: \"<!DOCTYPE html>\" has no colon");
}

// --- Both ---

Policy random_policy(std::mt19937& random) {
  const Mode mode =
      std::vector<Mode>{Mode::testing, Mode::enforce, Mode::none}[random() % 3];
  std::vector<std::string> texts;
  std::size_t count = random() % 20;
  if (mode != Mode::none) ++count;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = random() % 4 == 0 ? "*." : "";
    for (std::size_t labels = random() % 4; labels > 0; --labels) {
      for (std::size_t octets = 1 + random() % 63; octets > 0; --octets) {
        text += "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789"[random() % 42];
      }
      text += '.';
    }
    texts.push_back(text + "example");
  }
  return make(mode, texts, static_cast<std::int64_t>(random() % 31557601));
}

TEST(StsPolicyTextProperty, WhatIsWrittenIsReadBack) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const Policy policy = random_policy(random);
    const Result<Policy> read = parse_policy(format_policy(policy));
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(*read, policy);
  }
}

TEST(StsPolicyTextProperty, EveryLineEndsInCrlfAndNothingFollows) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    const std::string text = format_policy(random_policy(random));
    ASSERT_TRUE(text.ends_with("\r\n"));
    ASSERT_FALSE(text.ends_with("\r\n\r\n"));
    for (std::size_t i = 0; i < text.size(); ++i) {
      ASSERT_EQ(text[i] == '\r', i + 1 < text.size() && text[i + 1] == '\n');
      ASSERT_LT(static_cast<unsigned char>(text[i]), 0x7F);
    }
  }
}

// Damage may make a policy bad or another one, but never break the reader.
TEST(StsPolicyTextProperty, DamagedTextIsReadWithoutHarm) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string text = format_policy(random_policy(random));
    for (std::size_t faults = 1 + random() % 4; faults > 0; --faults) {
      text[random() % text.size()] = static_cast<char>(random() % 256);
    }
    const Result<Policy> read = parse_policy(text);
    if (!read) continue;
    const Result<Policy> again = parse_policy(format_policy(*read));
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(*again, *read) << text;
  }
}

}  // namespace
}  // namespace mtasts::sts
