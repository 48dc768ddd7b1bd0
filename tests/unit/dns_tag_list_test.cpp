// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "dns/tag_list.hpp"

namespace mtasts::dns {
namespace {

using Tags = std::vector<Tag>;

void good(std::string_view text, const Tags& want) {
  const Result<Tags> tags = parse_tag_list(text, "v=STSv1", "list");
  ASSERT_TRUE(tags) << text << ": " << tags.error().message;
  EXPECT_EQ(*tags, want) << text;
}

void bad(std::string_view text, std::string_view message,
         std::string_view hint = "") {
  const Result<Tags> tags = parse_tag_list(text, "v=STSv1", "list");
  ASSERT_FALSE(tags) << text;
  EXPECT_EQ(tags.error().message, message) << text;
  EXPECT_EQ(tags.error().hint, hint) << text;
}

// RFC 8461, 3.1: sts-version 1*(sts-field-delim sts-field) [sts-field-delim].
TEST(DnsTagList, SplitsFieldsInTheirOrder) {
  good("v=STSv1; id=1; a=2;b=3", {{"id", "1"}, {"a", "2"}, {"b", "3"}});
}

TEST(DnsTagList, AllowsOneSemicolonAtTheEnd) {
  good("v=STSv1; id=1;", {{"id", "1"}});
}

// sts-field-delim is *WSP ";" *WSP: also behind the last field.
TEST(DnsTagList, AllowsWhiteSpaceAroundEverySemicolon) {
  good("v=STSv1 \t;\t id=1 ; \ta=2\t; ", {{"id", "1"}, {"a", "2"}});
}

TEST(DnsTagList, AllowsNoWhiteSpaceAtAll) {
  good("v=STSv1;id=1", {{"id", "1"}});
}

TEST(DnsTagList, KeepsDuplicates) {
  good("v=STSv1;id=1;id=2", {{"id", "1"}, {"id", "2"}});
}

TEST(DnsTagList, KeepsTheCaseOfNamesAndValues) {
  good("v=STSv1;ID=aB", {{"ID", "aB"}});
}

TEST(DnsTagList, AllowsInnerSpaceAndEqualsWhereTheCallerSaysSo) {
  good("v=STSv1; list=a=1 , b", {{"list", "a=1 , b"}});
}

TEST(DnsTagList, RefusesWhiteSpaceAtTheEndWithoutASemicolon) {
  for (const std::string_view end : {" ", "\t"}) {
    bad("v=STSv1; id=1" + std::string(end), "ends with white space",
        "it may stand around a \";\" only");
  }
}

constexpr std::string_view k_first =
    "the version comes first, in exactly this case";

// RFC 8461, 3.1: "records that do not begin with v=STSv1; are discarded".
TEST(DnsTagList, RefusesAnotherVersion) {
  bad("v=STSv2; id=1", "does not start with \"v=STSv1\"", k_first);
}

TEST(DnsTagList, RefusesAVersionInAnotherCase) {
  bad("V=STSv1; id=1", "does not start with \"v=STSv1\"", k_first);
  bad("v=stsv1; id=1", "does not start with \"v=STSv1\"", k_first);
}

TEST(DnsTagList, RefusesAVersionThatComesSecond) {
  bad("id=1; v=STSv1", "does not start with \"v=STSv1\"", k_first);
}

TEST(DnsTagList, RefusesWhiteSpaceBeforeTheVersion) {
  bad(" v=STSv1; id=1", "does not start with \"v=STSv1\"", k_first);
}

TEST(DnsTagList, RefusesNothing) {
  bad("", "does not start with \"v=STSv1\"", k_first);
}

TEST(DnsTagList, RefusesALongerVersion) {
  bad("v=STSv10; id=1", "has no \";\" behind \"v=STSv1\"");
}

TEST(DnsTagList, RefusesAVersionAlone) {
  bad("v=STSv1", "has no \";\" behind \"v=STSv1\"");
  bad("v=STSv1 id=1", "has no \";\" behind \"v=STSv1\"");
}

TEST(DnsTagList, RefusesNoField) {
  bad("v=STSv1;", "has no field");
  bad("v=STSv1; \t", "has no field");
}

TEST(DnsTagList, RefusesAnEmptyFieldInTheMiddle) {
  bad("v=STSv1;; id=1", "has an empty field",
      "write one \";\" between two fields");
}

TEST(DnsTagList, RefusesTwoSemicolonsAtTheEnd) {
  bad("v=STSv1; id=1; ;", "has an empty field",
      "write one \";\" between two fields");
}

TEST(DnsTagList, RefusesAFieldWithoutEquals) {
  bad("v=STSv1; id", "field \"id\" has no \"=\"");
}

TEST(DnsTagList, RefusesAFieldWithoutAName) {
  bad("v=STSv1; =1", "\"\" is no field name");
}

TEST(DnsTagList, RefusesSpaceBeforeEquals) {
  bad("v=STSv1; id =1", "\"id \" is no field name");
}

TEST(DnsTagList, RefusesSpaceBehindEquals) {
  bad("v=STSv1; id= 1", "field \"id\" has no proper value: \" 1\"");
}

// RFC 8461, 3.1: sts-ext-value is 1*(%x21-3A / %x3C / %x3E-7E).
TEST(DnsTagList, TakesTheFirstAndLastOctetsOfAValue) {
  good("v=STSv1; a=!:<>~", {{"a", "!:<>~"}});
}

TEST(DnsTagList, RefusesAnEmptyValue) {
  bad("v=STSv1; a=", "field \"a\" has no proper value: \"\"");
}

TEST(DnsTagList, RefusesEqualsInAValue) {
  bad("v=STSv1; a=b=c", "field \"a\" has no proper value: \"b=c\"");
}

TEST(DnsTagList, RefusesSpaceInAValue) {
  bad("v=STSv1; a=b c", "field \"a\" has no proper value: \"b c\"");
}

TEST(DnsTagList, RefusesControlOctetsInAValue) {
  bad("v=STSv1; a=b\x7f", "field \"a\" has no proper value: \"b\\x7f\"");
}

TEST(DnsTagList, RefusesOctetsOutsideAsciiInAValue) {
  bad("v=STSv1; a=ü", "field \"a\" has no proper value: \"ü\"");
}

// sts-ext-name = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".").
TEST(DnsFieldName, IsLettersDigitsAndThreeSigns) {
  for (const std::string_view name : {"a", "Z", "0", "a_b-c.d", "max_age"}) {
    EXPECT_TRUE(is_field_name(name)) << name;
  }
}

TEST(DnsFieldName, HasAtMost32Octets) {
  EXPECT_TRUE(is_field_name(std::string(32, 'a')));
  EXPECT_FALSE(is_field_name(std::string(33, 'a')));
}

TEST(DnsFieldName, IsNeverEmpty) { EXPECT_FALSE(is_field_name("")); }

TEST(DnsFieldName, StartsWithALetterOrDigit) {
  for (const std::string_view name : {"_a", "-a", ".a"}) {
    EXPECT_FALSE(is_field_name(name)) << name;
  }
}

TEST(DnsFieldName, HasNothingElse) {
  for (const std::string_view name : {"a b", "a:b", "a/b", "aü", "a\t", "a="}) {
    EXPECT_FALSE(is_field_name(name)) << name;
  }
}

}  // namespace
}  // namespace mtasts::dns
