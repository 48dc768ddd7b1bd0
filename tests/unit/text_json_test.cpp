// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "text/json.hpp"

namespace mtasts::text {
namespace {

TEST(JsonQuote, PutsQuotesAroundPlainText) {
  EXPECT_EQ(json_quote("v=STSv1; id=1"), R"("v=STSv1; id=1")");
}

TEST(JsonQuote, EscapesWhatRfc8259Names) {
  EXPECT_EQ(json_quote("a\"b\\c\nd\te"), R"("a\"b\\c\nd\u0009e")");
  EXPECT_EQ(json_quote("\x1f \x7f"), R"("\u001f \u007f")");
}

TEST(JsonQuote, EscapesTheUpperControlCharacters) {
  EXPECT_EQ(json_quote("\xC2\x80\xC2\x9B\xC2\xA0"),
            "\"\\u0080\\u009b\xC2\xA0\"");
}

TEST(JsonQuote, KeepsCharactersBeyondAscii) {
  EXPECT_EQ(json_quote("b\xC3\xBC"
                       "cher"),
            "\"b\xC3\xBC"
            "cher\"");
}

TEST(JsonQuote, ReplacesOctetsThatAreNoUtf8) {
  EXPECT_EQ(json_quote("a\xFF\xC3"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace mtasts::text
