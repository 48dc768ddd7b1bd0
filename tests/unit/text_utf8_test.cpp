// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "text/utf8.hpp"

namespace mtasts::text {
namespace {

using std::string_view_literals::operator""sv;

// RFC 3629, 4: the first and the last sequence of each rule of UTF8-octets.
TEST(Utf8Length, IsThatOfTheFirstCharacter) {
  for (const std::string_view text : {"\0"sv, "\x7f"sv, "a\xff"sv}) {
    EXPECT_EQ(utf8_length(text), 1U);
  }
  for (const std::string_view text : {"\xc2\x80", "\xdf\xbf", "\xc2\x80z"}) {
    EXPECT_EQ(utf8_length(text), 2U) << text;
  }
  for (const std::string_view text :
       {"\xe0\xa0\x80", "\xe0\xbf\xbf", "\xe1\x80\x80", "\xec\xbf\xbf",
        "\xed\x80\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf"}) {
    EXPECT_EQ(utf8_length(text), 3U) << text;
  }
  for (const std::string_view text :
       {"\xf0\x90\x80\x80", "\xf0\xbf\xbf\xbf", "\xf1\x80\x80\x80",
        "\xf3\xbf\xbf\xbf", "\xf4\x80\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(utf8_length(text), 4U) << text;
  }
}

TEST(Utf8Length, IsZeroForWhatIsNone) {
  for (const std::string_view text : {"",
                                      "\x80",
                                      "\xbf",
                                      "\x80\x80\x80\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x7f",
                                      "\xc2\xc0",
                                      "\xe0\x9f\xbf",
                                      "\xe1\x80",
                                      "\xe1\x80z",
                                      "\xe1z\x80",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf1\x80\x80",
                                      "\xf1\x80\x80z",
                                      "\xf1\x80z\x80",
                                      "\xf1z\x80\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff"}) {
    EXPECT_EQ(utf8_length(text), 0U) << text;
  }
}

TEST(Disguise, IsNamedByItsCodePoint) {
  EXPECT_EQ(find_disguise("a\u00a0b")->message,
            "has the invisible character U+00A0");
  EXPECT_EQ(find_disguise("mail\u200b")->message,
            "has the invisible character U+200B");
  EXPECT_EQ(find_disguise("\ufeffa")->message,
            "has the invisible character U+FEFF");
  EXPECT_EQ(find_disguise("a\u2011b")->message,
            "has the character U+2011, which only looks like \"-\"");
  EXPECT_EQ(find_disguise("\u201ca\u201d")->message,
            "has the character U+201C, which only looks like \"\\\"\"");
  EXPECT_EQ(find_disguise("\uff11")->message,
            "has the character U+FF11, which only looks like \"1\"");
}

TEST(Disguise, IsNoOrdinaryText) {
  for (const std::string_view text :
       {"", "mail.example.com", "b\u00fccher", "\u4f8b\u3048", "\u20ac",
        "\xff\xa0", "\t\r\n"}) {
    EXPECT_FALSE(find_disguise(text)) << text;
    EXPECT_EQ(remove_disguises(text), text);
  }
}

TEST(Disguise, BecomesWhatIsMeant) {
  EXPECT_EQ(remove_disguises("\ufeffa\u00a0\u201cb\u2011c\u201d\u200b\uff1a"),
            "a \"b-c\":");
}

}  // namespace
}  // namespace mtasts::text
