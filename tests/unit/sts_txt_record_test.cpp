// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "sts/txt_record.hpp"

namespace mtasts::sts {
namespace {

void good(std::string_view text, std::string_view want) {
  const Result<std::string> id = parse_txt_record(text);
  ASSERT_TRUE(id) << text << ": " << id.error().message;
  EXPECT_EQ(*id, want) << text;
}

void bad(std::string_view text, std::string_view message) {
  const Result<std::string> id = parse_txt_record(text);
  ASSERT_FALSE(id) << text;
  EXPECT_EQ(id.error().message, message) << text;
}

// RFC 8461, 3.1; erratum 6285: no space before the ";".
TEST(StsTxtRecord, WritesVersionAndId) {
  EXPECT_EQ(format_txt_record("abc123"), "v=STSv1; id=abc123");
}

TEST(StsTxtRecord, FitsOneCharacterString) {
  EXPECT_LE(format_txt_record(std::string(32, 'a')).size(), 255U);
}

TEST(StsTxtRecord, ReadsWhatItWrites) {
  good(format_txt_record("0123456789abcdef0123456789abcdef"),
       "0123456789abcdef0123456789abcdef");
}

// The example of RFC 8461, 3.1.
TEST(StsTxtRecord, ReadsTheExampleOfTheRfc) {
  good("v=STSv1; id=20160831085700Z;", "20160831085700Z");
}

TEST(StsTxtRecord, ReadsAnyWhiteSpaceAroundSemicolons) {
  good("v=STSv1;id=1", "1");
  good("v=STSv1 ;\tid=1 ; ", "1");
}

TEST(StsTxtRecord, IgnoresExtensionsOnBothSides) {
  good("v=STSv1; a=b; id=1; c=d", "1");
}

// RFC 8461, 3.2, on records too: the first of duplicates counts.
TEST(StsTxtRecord, TakesTheFirstId) { good("v=STSv1; id=1; id=2", "1"); }

TEST(StsTxtRecord, DoesNotLookAtTheSecondId) {
  good("v=STSv1; id=1; id=-", "1");
}

TEST(StsTxtRecord, KeepsTheCaseOfTheId) { good("v=STSv1; id=aBc", "aBc"); }

// sts-id = %s"id=" 1*32(ALPHA / DIGIT).
TEST(StsTxtRecord, ReadsAnIdOf32Octets) {
  good("v=STSv1; id=" + std::string(32, 'z'), std::string(32, 'z'));
}

TEST(StsTxtRecord, RefusesAnIdOf33Octets) {
  const std::string id(33, 'z');
  bad("v=STSv1; id=" + id,
      "id \"" + id + "\" is not 1 to 32 letters and digits");
}

TEST(StsTxtRecord, RefusesSignsInAnId) {
  bad("v=STSv1; id=2026-07-01",
      "id \"2026-07-01\" is not 1 to 32 letters and "
      "digits");
}

TEST(StsTxtRecord, RefusesAnEmptyId) {
  bad("v=STSv1; id=", "field \"id\" has no proper value: \"\"");
}

TEST(StsTxtRecord, RefusesAMissingId) { bad("v=STSv1; a=b", "has no id"); }

TEST(StsTxtRecord, RefusesAnIdInUpperCaseAlone) {
  bad("v=STSv1; ID=1", "has no id");
}

TEST(StsTxtRecord, RefusesARecordOfAnotherKind) {
  bad("v=spf1 -all", "does not start with \"v=STSv1\"");
}

TEST(StsTxtRecord, RefusesQuotesLeftInTheData) {
  bad("\"v=STSv1; id=1\"", "does not start with \"v=STSv1\"");
}

TEST(StsTxtRecord, RefusesAWrongSeparator) {
  bad("v=STSv1, id=1", "has no \";\" behind \"v=STSv1\"");
}

// An unquoted zone line publishes this much.
TEST(StsTxtRecord, RefusesARecordCutAtItsSemicolon) {
  bad("v=STSv1", "has no \";\" behind \"v=STSv1\"");
}

}  // namespace
}  // namespace mtasts::sts
