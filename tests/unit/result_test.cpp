// SPDX-License-Identifier: MIT
#include "result.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace mtasts {
namespace {

Result<int> halve(int number) {
  if (number % 2 != 0) return fail("is odd", "take an even number");
  return number / 2;
}

TEST(Result, HoldsAValue) {
  const Result<int> half = halve(8);
  ASSERT_TRUE(half);
  EXPECT_EQ(*half, 4);
}

TEST(Result, HoldsAnErrorWithItsHint) {
  const Result<int> half = halve(7);
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().message, "is odd");
  EXPECT_EQ(half.error().hint, "take an even number");
}

TEST(Result, NeedsNoHint) { EXPECT_EQ(fail("is odd").value().hint, ""); }

TEST(Printable, LeavesTextAsItIs) {
  EXPECT_EQ(printable("a \"b\\c\" \xC3\xA4"), "a \"b\\c\" \xC3\xA4");
  const std::string text(200, 'a');
  EXPECT_EQ(printable(text), text);
}

TEST(Printable, LeavesNothingThatSteersATerminal) {
  EXPECT_EQ(printable("\x1b]0;title\x07\n\xC2\x9B\xFF\x7f"),
            "\\x1b]0;title\\x07\\x0a\\xc2\\x9b\\xff\\x7f");
}

TEST(InQuotes, PutsQuotesAroundText) {
  EXPECT_EQ(in_quotes("mail.example.com"), "\"mail.example.com\"");
}

TEST(InQuotes, ShowsThatAValueIsEmpty) { EXPECT_EQ(in_quotes(""), "\"\""); }

TEST(InQuotes, EscapesQuoteAndBackslash) {
  EXPECT_EQ(in_quotes("a\"b\\c"), "\"a\\\"b\\\\c\"");
}

TEST(InQuotes, EscapesControlOctets) {
  EXPECT_EQ(in_quotes("\x1b[31m\t\n\r"), "\"\\x1b[31m\\x09\\x0a\\x0d\"");
  EXPECT_EQ(in_quotes("\x1f "), "\"\\x1f \"");
}

TEST(InQuotes, EscapesDelete) { EXPECT_EQ(in_quotes("\x7f"), "\"\\x7f\""); }

TEST(InQuotes, EscapesZero) {
  EXPECT_EQ(in_quotes(std::string("a\0b", 3)), "\"a\\x00b\"");
}

TEST(InQuotes, KeepsTwoToFourOctetsOfUtf8) {
  EXPECT_EQ(in_quotes("üÉ例😀"), "\"üÉ例😀\"");
}

// U+009B starts a terminal sequence as ESC [ does.
TEST(InQuotes, EscapesC1Controls) {
  EXPECT_EQ(in_quotes("\xc2\x9b"), "\"\\xc2\\x9b\"");
  EXPECT_EQ(in_quotes("\xc2\x9f"), "\"\\xc2\\x9f\"");
}

TEST(InQuotes, KeepsTheFirstCharacterBehindTheC1Controls) {
  EXPECT_EQ(in_quotes("\xc2\xa0"), "\"\xc2\xa0\"");
}

TEST(InQuotes, EscapesALoneTailOctet) {
  EXPECT_EQ(in_quotes("a\x80z"), "\"a\\x80z\"");
}

TEST(InQuotes, EscapesACutCharacter) {
  EXPECT_EQ(in_quotes("a\xe4\xbe"), "\"a\\xe4\\xbe\"");
}

TEST(InQuotes, EscapesALeadThatNoTailFollows) {
  EXPECT_EQ(in_quotes("\xe4z\xbe"), "\"\\xe4z\\xbe\"");
}

TEST(InQuotes, EscapesOctetsThatNoUtf8Has) {
  EXPECT_EQ(in_quotes("\xc0\xaf\xf5\xff"), "\"\\xc0\\xaf\\xf5\\xff\"");
}

// RFC 3629, 3: "MUST protect against decoding invalid sequences": overlong
// forms are broken UTF-8.
TEST(InQuotes, EscapesOverlongForms) {
  EXPECT_EQ(in_quotes("\xe0\x80\xaf"), "\"\\xe0\\x80\\xaf\"");
  EXPECT_EQ(in_quotes("\xf0\x80\x80\xaf"), "\"\\xf0\\x80\\x80\\xaf\"");
}

// RFC 3629, 3: U+D800 to U+DFFF and everything above U+10FFFF.
TEST(InQuotes, EscapesSurrogatesAndWhatLiesAboveUnicode) {
  EXPECT_EQ(in_quotes("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"");
  EXPECT_EQ(in_quotes("\xf4\x90\x80\x80"), "\"\\xf4\\x90\\x80\\x80\"");
}

TEST(InQuotes, LeavesEightyOctetsWhole) {
  const std::string text(80, 'a');
  EXPECT_EQ(in_quotes(text), '"' + text + '"');
}

TEST(InQuotes, CutsBehindEightyOctetsAndSaysSo) {
  EXPECT_EQ(in_quotes(std::string(81, 'a')),
            '"' + std::string(80, 'a') + "\"...");
}

TEST(InQuotes, NeverCutsInsideACharacter) {
  EXPECT_EQ(in_quotes(std::string(79, 'a') + "üx"),
            '"' + std::string(79, 'a') + "ü\"...");
}

TEST(AboutValue, PutsTheValueInFront) {
  const Error error = about_value("mx", "a\n", {"has a line end", "cut it"});
  EXPECT_EQ(error.message, "mx \"a\\x0a\" has a line end");
  EXPECT_EQ(error.hint, "cut it");
}

TEST(FormatErrno, SaysWhatTheSystemDoes) {
  EXPECT_EQ(format_errno(ENOENT), "No such file or directory");
}

}  // namespace
}  // namespace mtasts
