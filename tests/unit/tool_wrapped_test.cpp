// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "tool/wrapped.hpp"

namespace mtasts::tool {
namespace {

const std::string k_ten = "123456789 ";

std::string repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(ToolWrapped, BreaksAtSpaces) {
  EXPECT_EQ(format_wrapped("a: ", "b c", 4), "a: b c\n");
  EXPECT_EQ(format_wrapped("a: ", "", 4), "a: \n");
  // 80 characters fit, 81 do not.
  EXPECT_EQ(format_wrapped("", repeat(k_ten, 7) + "1234567890", 4),
            repeat(k_ten, 7) + "1234567890\n");
  EXPECT_EQ(format_wrapped("", repeat(k_ten, 7) + "12345678901", 4),
            "123456789" + repeat(" 123456789", 6) + "\n    12345678901\n");
}

TEST(ToolWrapped, KeepsWordsAndQuotedTextsWhole) {
  const std::string word(90, 'x');
  EXPECT_EQ(format_wrapped("a: ", word + " b", 2), "a: " + word + "\n  b\n");
  const std::string quoted = "\"" + repeat("a b \\\" ", 12) + "\"";
  EXPECT_EQ(format_wrapped("a: ", "write " + quoted + ", then", 2),
            "a: write\n  " + quoted + ",\n  then\n");
  // A quote that nobody closes keeps nothing together.
  EXPECT_EQ(format_wrapped("\"", repeat(k_ten, 9), 2),
            "\"123456789" + repeat(" 123456789", 7) + "\n  123456789\n");
}

TEST(ToolWrapped, KeepsWhatIsCopiedWhole) {
  EXPECT_EQ(
      format_wrapped("do: ",
                     "once the policy is live, write _mta-sts.alpha.test. 300 "
                     "IN TXT \"v=STSv1; id=1\"; mta-sts publish alpha.test "
                     "does it for you",
                     4),
      "do: once the policy is live, write\n"
      "    _mta-sts.alpha.test. 300 IN TXT \"v=STSv1; id=1\"; mta-sts publish "
      "alpha.test\n    does it for you\n");
  EXPECT_EQ(format_wrapped(std::string(70, 'x') + " ",
                           "alpha.test. IN CNAME b.test. mta-stsd check", 2),
            std::string(70, 'x') +
                " alpha.test. IN CNAME b.test.\n  mta-stsd check\n");
  EXPECT_EQ(format_wrapped(std::string(70, 'x') + " ",
                           "end. mta-stsd records --diff a.zone -c /x, and", 2),
            std::string(70, 'x') +
                " end.\n  mta-stsd records --diff a.zone -c /x, and\n");
  const std::string shell =
      "curl -sS http://a.test/" + std::string(60, 'x') + " | openssl x509";
  EXPECT_EQ(format_wrapped("do: ", "append it: " + shell + "; then again", 2),
            "do: append it:\n  " + shell + ";\n  then again\n");
  EXPECT_EQ(format_wrapped(std::string(70, 'x') + " ",
                           "write alpha.test. IN CAA 0 issue \"a b\", or", 2),
            std::string(70, 'x') +
                " write\n  alpha.test. IN CAA 0 issue \"a b\", or\n");
  EXPECT_EQ(format_wrapped("", "mta-sts", 2), "mta-sts\n");
  EXPECT_EQ(format_wrapped("", "end. 7", 2), "end. 7\n");
  EXPECT_EQ(format_wrapped("", "end. IN", 2), "end. IN\n");
}

TEST(ToolWrapped, CountsCharacters) {
  EXPECT_EQ(width_of("caf\xC3\xA9"), 4U);
  const std::string wide = repeat("\xC3\xA9", 79);
  EXPECT_EQ(format_wrapped("x", wide + " y", 2), "x" + wide + "\n  y\n");
}

}  // namespace
}  // namespace mtasts::tool
