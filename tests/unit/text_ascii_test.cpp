// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "text/ascii.hpp"

namespace mtasts::text {
namespace {

TEST(TextAscii, KnowsItsClasses) {
  const auto members = [](bool (*is_one)(char)) {
    std::string found;
    for (int c = -128; c < 128; ++c) {
      if (is_one(static_cast<char>(c))) found += static_cast<char>(c);
    }
    return found;
  };
  EXPECT_EQ(members(is_digit), "0123456789");
  EXPECT_EQ(members(is_hex_digit), "0123456789ABCDEFabcdef");
  EXPECT_EQ(members(is_letter),
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(members(is_alphanumeric),
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

TEST(TextAscii, ReadsHexDigits) {
  EXPECT_EQ(read_hex('2', 'D'), '-');
  EXPECT_EQ(read_hex('2', 'd'), '-');
  EXPECT_EQ(read_hex('f', 'F'), '\xFF');
  EXPECT_EQ(read_hex('0', '9'), '\t');
}

TEST(TextAscii, LowersNothingButLetters) {
  EXPECT_EQ(to_lower("AZaz09@[`{ÄÖ"), "azaz09@[`{ÄÖ");
}

TEST(TextAscii, RaisesNothingButLetters) {
  EXPECT_EQ(to_upper("az AZ 09_{`\xe4"), "AZ AZ 09_{`\xe4");
}

TEST(TextAscii, TrimsBothEnds) {
  EXPECT_EQ(trim("\t a b \t"), "a b");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\"a\" ", "\" "), "a");
}

TEST(TextAscii, TakesWordsOneByOne) {
  std::string_view text = "a,b;;c";
  EXPECT_EQ(take_until(text, ",;"), "a");
  EXPECT_EQ(take_until(text, ",;"), "b");
  EXPECT_EQ(take_until(text, ",;"), "");
  EXPECT_EQ(take_until(text, ",;"), "c");
  EXPECT_EQ(text, "");
  EXPECT_EQ(take_until(text, ",;"), "");
}

}  // namespace
}  // namespace mtasts::text
