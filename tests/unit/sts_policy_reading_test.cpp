// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "sts/policy_reading.hpp"
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
  const std::optional<Policy> policy = read_policy(text).policy;
  ASSERT_TRUE(policy) << text;
  EXPECT_EQ(*policy, make(Mode::testing, {"mail.example.com"}, 604800)) << text;
}

/// The messages of that gravity, with their lines.
std::vector<std::string> messages(std::string_view text, Gravity gravity) {
  std::vector<std::string> all;
  for (const Deviation& one : read_policy(text).deviations) {
    EXPECT_NE(one.error.hint, "") << one.error.message;
    if (one.gravity != gravity) continue;
    all.push_back(
        (one.line == 0 ? std::string{} : fmt::format("line {}: ", one.line)) +
        one.error.message);
  }
  return all;
}

/// `message` is the first that makes senders ignore `text`. The hints are in
/// tests/bad_policy.
void bad(std::string_view text, std::string_view message) {
  EXPECT_FALSE(read_policy(text).policy) << text;
  const std::vector<std::string> all = messages(text, Gravity::fatal);
  ASSERT_FALSE(all.empty()) << text;
  EXPECT_EQ(all.front(), message) << text;
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

// --- Reading: what the ABNF of RFC 8461, 3.2 allows ---

TEST(StsPolicyReading, ReadsCrlf) {
  good(
      "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\n"
      "max_age: 604800\r\n");
}

// sts-policy-term = LF / CRLF.
TEST(StsPolicyReading, ReadsLf) {
  good(
      "version: STSv1\nmode: testing\nmx: mail.example.com\n"
      "max_age: 604800\n");
}

TEST(StsPolicyReading, ReadsLfAndCrlfMixed) {
  good(
      "version: STSv1\r\nmode: testing\nmx: mail.example.com\r\n"
      "max_age: 604800\n");
}

TEST(StsPolicyReading, NeedsNoTerminatorBehindTheLastField) {
  good(
      "version: STSv1\nmode: testing\nmx: mail.example.com\n"
      "max_age: 604800");
}

TEST(StsPolicyReading, ReadsAnyOrder) {
  good(
      "max_age: 604800\nmx: mail.example.com\nmode: testing\n"
      "version: STSv1\n");
}

// sts-policy-field-delim = ":" *WSP.
TEST(StsPolicyReading, NeedsNoSpaceBehindTheColon) {
  good("version:STSv1\nmode:testing\nmx:mail.example.com\nmax_age:604800\n");
}

TEST(StsPolicyReading, AllowsMuchWhiteSpaceBehindTheColon) {
  good(
      "version: \t STSv1\nmode:\ttesting\nmx:   mail.example.com\n"
      "max_age:\t\t604800\n");
}

// sts-policy-record = sts-policy-field *WSP ...
TEST(StsPolicyReading, AllowsWhiteSpaceAtTheEndOfALine) {
  good(
      "version: STSv1 \nmode: testing\t\r\nmx: mail.example.com \t \n"
      "max_age: 604800 ");
}

// RFC 8461, 3.2: parsers MUST accept, and ignore, fields they do not know.
TEST(StsPolicyReading, IgnoresUnknownFields) {
  good(with("x-note: hello"));
  good(with("0a_b-c.d: 1"));
}

TEST(StsPolicyReading, ExtensionNamesHaveUpTo32Octets) {
  good(with(std::string(32, 'a') + ": x"));
}

// %s: names in another case are other names, so they are extensions.
TEST(StsPolicyReading, NamesInAnotherCaseAreUnknownFields) {
  good(with("Mode: enforce"));
  good(with("MX: other.example.com"));
  good(with("Max_Age: forever"));
}

TEST(StsPolicyReading, ExtensionValuesMayHoldInnerSpacesAndColons) {
  good(with("note: a  b: c; d=\"e\""));
}

TEST(StsPolicyReading, ExtensionValuesMayHoldUtf8) {
  good(with("note: ü 例 😀"));
  good(with("note: \xc2\x80 \xef\xbf\xbf \xf4\x8f\xbf\xbf"));
}

// RFC 8461, 3.2: "all entries except for the first SHALL be ignored".
TEST(StsPolicyReading, TakesTheFirstOfDuplicates) {
  good(
      "version: STSv1\nmode: testing\nmode: enforce\nmx: mail.example.com\n"
      "max_age: 604800\nmax_age: 1\nversion: STSv1\n");
}

TEST(StsPolicyReading, DoesNotLookAtTheValuesOfLaterDuplicates) {
  good(
      "version: STSv1\nmode: testing\nmode: report\nmx: mail.example.com\n"
      "max_age: 604800\nmax_age: never\nversion: STSv2\n");
}

TEST(StsPolicyReading, TakesEveryMx) {
  EXPECT_EQ(read_policy(with_mx("b.example\nmx: *.a.example")).policy->mx(),
            mx({"*.a.example", "b.example"}));
}

TEST(StsPolicyReading, LowersTheCaseOfMx) { good(with_mx("MAIL.Example.COM")); }

TEST(StsPolicyReading, ReadsNoneWithoutMx) {
  EXPECT_EQ(read_policy("version: STSv1\nmode: none\nmax_age: 86400\n").policy,
            make(Mode::none, {}, 86400));
}

TEST(StsPolicyReading, ReadsNoneWithMx) {
  EXPECT_EQ(read_policy("version: STSv1\nmode: none\nmx: a.example\n"
                        "max_age: 86400\n")
                .policy,
            make(Mode::none, {"a.example"}, 86400));
}

// sts-policy-max-age-value = 1*10(DIGIT).
TEST(StsPolicyReading, ReadsMaxAgeWithLeadingZeros) {
  good(with_max_age("0000604800"));
}

TEST(StsPolicyReading, ReadsMaxAgeZero) {
  EXPECT_EQ(read_policy(with_max_age("0")).policy->max_age(), seconds(0));
}

TEST(StsPolicyReading, ReadsTheLargestMaxAge) {
  EXPECT_EQ(read_policy(with_max_age("31557600")).policy->max_age(),
            seconds(31557600));
}

// The example of RFC 8461, 3.2.
TEST(StsPolicyReading, ReadsTheExampleOfTheRfc) {
  EXPECT_EQ(read_policy("version: STSv1\nmode: enforce\n"
                        "mx: mail.example.com\nmx: *.example.net\n"
                        "mx: backupmx.example.com\nmax_age: 604800\n")
                .policy,
            make(Mode::enforce,
                 {"mail.example.com", "*.example.net", "backupmx.example.com"},
                 604800));
}

// --- Reading: what it refuses ---

TEST(StsPolicyReading, RefusesNothing) { bad("", "is empty"); }

TEST(StsPolicyReading, RefusesAMissingVersion) {
  bad("mode: testing\nmx: a.example\nmax_age: 1\n",
      "there is no version field");
}

TEST(StsPolicyReading, RefusesAMissingMode) {
  bad("version: STSv1\nmx: a.example\nmax_age: 1\n", "there is no mode field");
}

TEST(StsPolicyReading, RefusesAMissingMaxAge) {
  bad("version: STSv1\nmode: testing\nmx: a.example\n",
      "there is no max_age field");
}

TEST(StsPolicyReading, RefusesAMissingMx) {
  bad("version: STSv1\nmode: enforce\nmax_age: 1\n", "there is no mx field");
}

// It is there, in a line that can't be read.
TEST(StsPolicyReading, MissesNoFieldThatWasMeant) {
  for (const std::string_view line : {" mode : testing", "mode=testing"}) {
    const std::string text =
        fmt::format("version: STSv1\n{}\nmx: a.example\nmax_age: 1\n", line);
    EXPECT_EQ(messages(text, Gravity::fatal).size(), 1) << line;
  }
  EXPECT_EQ(messages("version: STSv1\nhello\nmx: a.example\nmax_age: 1\n",
                     Gravity::fatal),
            (std::vector<std::string>{"line 2: \"hello\" has no colon",
                                      "there is no mode field"}));
}

TEST(StsPolicyReading, RefusesAnEmptyLineAtTheEnd) {
  bad("version: STSv1\nmode: testing\nmx: a.example\nmax_age: 1\n\n",
      "line 5: is empty");
}

TEST(StsPolicyReading, RefusesAnEmptyLineAtTheEndInCrlf) {
  bad("version: STSv1\r\nmode: testing\r\nmx: a.example\r\nmax_age: 1\r\n\r\n",
      "line 5: is empty");
}

TEST(StsPolicyReading, RefusesAnEmptyLineInTheMiddle) {
  bad(with(""), "line 2: is empty");
}

TEST(StsPolicyReading, RefusesAnEmptyLineAtTheStart) {
  bad("\nversion: STSv1\n", "line 1: is empty");
}

TEST(StsPolicyReading, RefusesALineOfWhiteSpace) {
  bad(with(" \t"), "line 2: is nothing but white space");
}

TEST(StsPolicyReading, RefusesALineWithoutColon) {
  bad(with("hello"), "line 2: \"hello\" has no colon");
}

TEST(StsPolicyReading, RefusesALoneCrAsTerminator) {
  bad("version: STSv1\rmode: testing\rmx: a.example\rmax_age: 1\r",
      "line 1: has a CR that no LF follows");
}

TEST(StsPolicyReading, RefusesALoneCrAtTheEnd) {
  bad("version: STSv1\nmode: testing\nmx: a.example\nmax_age: 1\r",
      "line 4: has a CR that no LF follows");
}

TEST(StsPolicyReading, RefusesTwoCrBeforeLf) {
  bad(with("a: b\r\r"), "line 2: has a CR that no LF follows");
}

TEST(StsPolicyReading, RefusesAByteOrderMark) {
  bad("\xef\xbb\xbfversion: STSv1\n", "line 1: starts with a byte order mark");
}

TEST(StsPolicyReading, RefusesSpaceBeforeAName) {
  bad(with(" a: b"), "line 2: starts with white space");
}

TEST(StsPolicyReading, RefusesSpaceBeforeTheColon) {
  bad(with("mode : testing"), "line 2: has white space before the colon");
  bad(with("mode\t: testing"), "line 2: has white space before the colon");
}

TEST(StsPolicyReading, RefusesAFieldWithoutAName) {
  bad(with(": b"), "line 2: \"\" is no field name");
}

TEST(StsPolicyReading, RefusesANameOf33Octets) {
  const std::string name(33, 'a');
  bad(with(name + ": b"), "line 2: \"" + name + "\" is no field name");
}

TEST(StsPolicyReading, RefusesAComment) {
  bad(with("# note: b"), "line 2: is a comment, which a policy can't have");
}

TEST(StsPolicyReading, RefusesAnExtensionWithoutAValue) {
  bad(with("note:"), "line 2: field \"note\" has no proper value");
  bad(with("note: \t"), "line 2: field \"note\" has no proper value");
}

TEST(StsPolicyReading, RefusesControlOctetsInAnExtension) {
  bad(with("note: a\tb"), "line 2: field \"note\" has no proper value");
  bad(with("note: a\x1f"), "line 2: field \"note\" has no proper value");
  bad(with("note: a\x7f"), "line 2: field \"note\" has no proper value");
  bad(with(std::string("note: a\0b", 9)),
      "line 2: field \"note\" has no proper value");
}

// RFC 3629, 4: no overlong forms, no surrogates, nothing above U+10FFFF.
TEST(StsPolicyReading, RefusesBrokenUtf8InAnExtension) {
  for (const std::string_view value :
       {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80", "\xe4\xbe",
        "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    bad(with("note: a" + std::string(value)),
        "line 2: field \"note\" has no proper value");
  }
}

// RFC 8461, 3.2: %s"STSv1".
TEST(StsPolicyReading, RefusesAnotherVersion) {
  bad("version: STSv2\n", "line 1: version \"STSv2\" is not STSv1");
  bad("version: stsv1\n", "line 1: version \"stsv1\" is not STSv1");
  bad("version: STSv1 STSv2\n", "line 1: version \"STSv1 STSv2\" is not STSv1");
  bad("version:\n", "line 1: version \"\" is not STSv1");
}

TEST(StsPolicyReading, RefusesAnotherMode) {
  bad("mode: report\n",
      "line 1: mode \"report\" is none of testing, enforce and none");
  bad("mode: Testing\n",
      "line 1: mode \"Testing\" is none of testing, enforce and none");
  bad("mode:\n", "line 1: mode \"\" is none of testing, enforce and none");
}

TEST(StsPolicyReading, RefusesMaxAgeThatIsNoNumber) {
  for (const std::string text :
       {"", "1w", "-1", "+1", "1.0", "0x10", "1 2", "1,000", "1e3"}) {
    bad(with_max_age(text),
        "line 4: max_age \"" + text + "\" is not 1 to 10 digits");
  }
}

TEST(StsPolicyReading, RefusesMaxAgeOfElevenDigits) {
  bad(with_max_age("00000604800"),
      "line 4: max_age \"00000604800\" is not 1 to 10 digits");
}

// RFC 8461, 3.2: "a maximum value of 31557600".
TEST(StsPolicyReading, RefusesMaxAgeAboveOneYear) {
  bad(with_max_age("31557601"), "line 4: max_age 31557601 is above 31557600");
  bad(with_max_age("9999999999"),
      "line 4: max_age 9999999999 is above 31557600");
}

TEST(StsPolicyReading, RefusesAnMxThatIsNoHostName) {
  bad(with_mx(""), "line 3: mx \"\" is empty");
  bad(with_mx("mail_1.example.com"),
      "line 3: mx \"mail_1.example.com\" has \"_\", which no host name has");
  bad(with_mx("mail.example.com."),
      "line 3: mx \"mail.example.com.\" ends with a dot");
  bad(with_mx("192.0.2.1"),
      "line 3: mx \"192.0.2.1\" is an address, not a host name");
  bad(with_mx("a.example b.example"),
      "line 3: mx \"a.example b.example\" is more than a host name");
}

// RFC 8461, 3.2: A-labels, not U-labels.
TEST(StsPolicyReading, RefusesAnMxInULabels) {
  bad(with_mx("bücher.example"),
      "line 3: mx \"bücher.example\" has octets outside ASCII");
}

TEST(StsPolicyReading, RefusesAWildcardInsideAnMx) {
  bad(with_mx("mail.*.example"),
      "line 3: mx \"mail.*.example\" has a \"*\" where none may stand");
}

// mx is no field that counts once, so each of its values is looked at.
TEST(StsPolicyReading, RefusesABadMxBehindAGoodOne) {
  bad(with_mx("a.example\nmx: *"),
      "line 4: mx \"*\" has a \"*\" where none may stand");
}

TEST(StsPolicyReading, RefusesAWebPage) {
  bad("<!DOCTYPE html>\n", "line 1: is a web page, not a policy");
}

// --- Reading: what it remarks ---

using Messages = std::vector<std::string>;

TEST(StsPolicyReading, HasNothingToSayOfTheCanonicalText) {
  EXPECT_EQ(messages(format_policy(make(Mode::enforce, {"a.example"}, 604800)),
                     Gravity::legal),
            Messages{});
}

TEST(StsPolicyReading, ReportsEveryFaultInTheOrderOfLines) {
  constexpr std::string_view text =
      "mode: Enforce\r\nmx: a.example.\r\n\r\nversion: STSv2\n";
  EXPECT_EQ(
      messages(text, Gravity::fatal),
      (Messages{"line 1: mode \"Enforce\" is none of testing, enforce and none",
                "line 2: mx \"a.example.\" ends with a dot", "line 3: is empty",
                "line 4: version \"STSv2\" is not STSv1",
                "there is no max_age field"}));
  EXPECT_EQ(messages(text, Gravity::legal),
            (Messages{"line 4: the version is not the first line",
                      "line 4: ends in LF, other lines in CRLF"}));
}

TEST(StsPolicyReading, DoesNotMissAFieldThatIsThereButBad) {
  EXPECT_EQ(
      messages("version: STSv1\nmode: on\nmx: a\nmax_age: 1d\n",
               Gravity::fatal),
      (Messages{"line 2: mode \"on\" is none of testing, enforce and none",
                "line 4: max_age \"1d\" is not 1 to 10 digits"}));
}

/// A good policy of so many octets.
std::string of_size(std::size_t octets) {
  return with("note: " + std::string(octets - with("note: ").size(), 'a'));
}

TEST(StsPolicyReading, RefusesWhatSendersDoNotFetchToTheEnd) {
  good(of_size(65'536));
  EXPECT_EQ(messages(of_size(65'537), Gravity::fatal),
            Messages{"has 65537 octets, above 65536"});
}

TEST(StsPolicyReading, RemarksWhatChasquidCuts) {
  const Messages usual = {"line 1: ends in LF, as all lines do",
                          "line 2: field \"note\" is not known"};
  EXPECT_EQ(messages(of_size(10'240), Gravity::legal), usual);
  EXPECT_EQ(messages(of_size(10'241), Gravity::legal),
            (Messages{usual[0], usual[1], "has 10241 octets"}));
  good(of_size(10'241));
}

// --- Reading what was written ---

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

TEST(StsPolicyReadingProperty, WhatIsWrittenIsReadBack) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const Policy policy = random_policy(random);
    const PolicyReading read = read_policy(format_policy(policy));
    ASSERT_EQ(read.policy, policy);
    ASSERT_TRUE(read.deviations.empty());
  }
}

TEST(StsPolicyReadingProperty, EveryLineEndsInCrlfAndNothingFollows) {
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
TEST(StsPolicyReadingProperty, DamagedTextIsReadWithoutHarm) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string text = format_policy(random_policy(random));
    for (std::size_t faults = 1 + random() % 4; faults > 0; --faults) {
      text[random() % text.size()] = static_cast<char>(random() % 256);
    }
    const std::optional<Policy> read = read_policy(text).policy;
    if (!read) continue;
    ASSERT_EQ(read_policy(format_policy(*read)).policy, read) << text;
  }
}

}  // namespace
}  // namespace mtasts::sts
