// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verify/smtp_reply.hpp"

namespace mtasts::verify {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

/// The one reply that `octets` are, or why they are none; code 0 stands for
/// one that is not whole.
SmtpReply read_one(std::string_view octets) {
  SmtpReplyReader reader;
  const Result<bool> is_whole = reader.add(octets);
  if (!is_whole) return {.code = -1, .lines = {is_whole.error().message}};
  return *is_whole ? reader.take() : SmtpReply{};
}

SmtpReply refused(std::string why) {
  return {.code = -1, .lines = {std::move(why)}};
}

// RFC 5321, 4.2.1.
TEST(VerifySmtpReply, ReadsOneLineAndSeveral) {
  EXPECT_EQ(read_one("220 mx.test ESMTP\r\n"),
            (SmtpReply{220, {"mx.test ESMTP"}}));
  EXPECT_EQ(read_one("250-mx.test\r\n250-SIZE 1\r\n250 STARTTLS\r\n"),
            (SmtpReply{250, {"mx.test", "SIZE 1", "STARTTLS"}}));
  EXPECT_EQ(read_one("250-\r\n250 \r\n"), (SmtpReply{250, {"", ""}}));
  EXPECT_EQ(read_one("599 a\r\n"), (SmtpReply{599, {"a"}}));
}

TEST(VerifySmtpReply, TakesWhatServersSayAllTheSame) {
  // Without a space, and with LF alone.
  EXPECT_EQ(read_one("220\r\n"), (SmtpReply{220, {""}}));
  EXPECT_EQ(read_one("250-a\n250 b\n"), (SmtpReply{250, {"a", "b"}}));
  EXPECT_EQ(read_one("220 a\rb\r\r\n"), (SmtpReply{220, {"a\rb\r"}}));
  EXPECT_EQ(read_one("220 a\0\xff\r\n"sv), (SmtpReply{220, {"a\0\xff"s}}));
}

TEST(VerifySmtpReply, WaitsForTheEnd) {
  for (const std::string_view part :
       {"", "2", "220", "220 mx.test", "220 mx.test\r", "220-mx.test\r\n",
        "220-mx.test\r\n220"}) {
    EXPECT_EQ(read_one(part), SmtpReply{}) << part;
  }
}

TEST(VerifySmtpReply, RefusesWhatIsNone) {
  const auto none = [](std::string_view quoted) {
    return refused("it says " + std::string(quoted) +
                   ", which is no reply of SMTP");
  };
  EXPECT_EQ(read_one("\r\n"), none(R"("")"));
  EXPECT_EQ(read_one("hello\r\n"), none(R"("hello")"));
  EXPECT_EQ(read_one("22\r\n"), none(R"("22")"));
  EXPECT_EQ(read_one("2200 a\r\n"), none(R"("2200 a")"));
  EXPECT_EQ(read_one("220\ta\r\n"), none(R"("220\x09a")"));
  EXPECT_EQ(read_one(" 220 a\r\n"), none(R"(" 220 a")"));
  EXPECT_EQ(read_one("150 a\r\n"), none(R"("150 a")"));
  EXPECT_EQ(read_one("600 a\r\n"), none(R"("600 a")"));
  EXPECT_EQ(read_one("-20 a\r\n"), none(R"("-20 a")"));
  EXPECT_EQ(read_one("\x16\x03\x01\0\n"sv), none(R"("\x16\x03\x01\x00")"));
  EXPECT_EQ(read_one("HTTP/1.1 400 Bad Request\r\n"),
            none(R"("HTTP/1.1 400 Bad Request")"));
}

TEST(VerifySmtpReply, RefusesTwoCodesInOne) {
  EXPECT_EQ(read_one("250-a\r\n550 b\r\n"),
            refused("its reply has two codes, 250 and 550"));
}

TEST(VerifySmtpReply, HasALimitForAllLinesTogether) {
  const std::string most = "220 " + std::string(k_max_reply_octets - 5, 'x');
  EXPECT_EQ(read_one(most + "\r\n").code, 220);
  const SmtpReply too_long = refused("its reply has more than 8192 octets");
  EXPECT_EQ(read_one(most + "xx\r\n"), too_long);
  EXPECT_EQ(read_one(most + "xx"), too_long);
  std::string lines;
  while (lines.size() <= k_max_reply_octets) lines += "220-x\r\n";
  EXPECT_EQ(read_one(lines), too_long);
}

TEST(VerifySmtpReply, KeepsWhatComesBehind) {
  SmtpReplyReader reader;
  const auto is_whole = [&reader](std::string_view octets) {
    const Result<bool> end = reader.add(octets);
    EXPECT_TRUE(end);
    return end && *end;
  };
  ASSERT_TRUE(is_whole("220 a\r\n250-b\r\n250 c\r\n25"));
  EXPECT_EQ(reader.rest(), "250-b\r\n250 c\r\n25");
  EXPECT_EQ(reader.take(), (SmtpReply{220, {"a"}}));
  EXPECT_EQ(reader.rest(), "250-b\r\n250 c\r\n25");
  ASSERT_TRUE(is_whole(""));
  EXPECT_EQ(reader.take(), (SmtpReply{250, {"b", "c"}}));
  EXPECT_EQ(reader.rest(), "25");
  EXPECT_FALSE(is_whole("0 "));
  ASSERT_TRUE(is_whole("d\n"));
  EXPECT_EQ(reader.take(), (SmtpReply{250, {"d"}}));
  EXPECT_EQ(reader.rest(), "");
}

// RFC 5321, 4.1.1.1.
TEST(VerifySmtpReply, FindsAKeywordInAnyCase) {
  const auto has = [](std::vector<std::string> lines) {
    return offers({.code = 250, .lines = std::move(lines)}, "STARTTLS");
  };
  EXPECT_TRUE(has({"mx.test", "SIZE 1", "STARTTLS"}));
  EXPECT_TRUE(has({"mx.test", "starttls", "SIZE 1"}));
  EXPECT_TRUE(has({"mx.test", "StartTLS "}));
  EXPECT_TRUE(has({"mx.test", "STARTTLS\tREQUIRED"}));
  EXPECT_FALSE(has({}));
  EXPECT_FALSE(has({"STARTTLS"}));  // the name of the server
  EXPECT_FALSE(has({"mx.test", "STARTTLSX", "XSTARTTLS", "X STARTTLS", ""}));
}

}  // namespace
}  // namespace mtasts::verify
