// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "text/html.hpp"

namespace mtasts::text {
namespace {

TEST(TextHtml, EscapesWhatMeansSomething) {
  EXPECT_EQ(escape_html("a&b <c> \"d\" 'e' \xC3\xA4"),
            "a&amp;b &lt;c&gt; &quot;d&quot; 'e' \xC3\xA4");
  EXPECT_EQ(escape_html(""), "");
}

TEST(TextHtml, LeavesNoOctetThatIsNoCharacter) {
  EXPECT_EQ(escape_html("a\nb\x01\x7F"), "a b  ");
  EXPECT_EQ(escape_html(std::string("a\0b", 3)), "a b");
  EXPECT_EQ(escape_html("\xFF\xC3<"), "\xEF\xBF\xBD\xEF\xBF\xBD&lt;");
}

// What `openssl dgst -sha256 -binary | base64` says of it.
TEST(TextHtml, HashesForAPolicy) {
  EXPECT_EQ(csp_hash(""),
            "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
}

}  // namespace
}  // namespace mtasts::text
