// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

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

TEST(StsPolicyText, WritesTesting) {
  EXPECT_EQ(format_policy(make(Mode::testing, {"mail.example.com"}, 604800)),
            "version: STSv1\r\n"
            "mode: testing\r\n"
            "mx: mail.example.com\r\n"
            "max_age: 604800\r\n");
}

// RFC 8461, 3.2: every mx is a field of its own.
TEST(StsPolicyText, WritesAFieldForEveryMx) {
  EXPECT_EQ(
      format_policy(
          make(Mode::enforce, {"mail.example.com", "*.example.net"}, 31557600)),
      "version: STSv1\r\n"
      "mode: enforce\r\n"
      "mx: *.example.net\r\n"
      "mx: mail.example.com\r\n"
      "max_age: 31557600\r\n");
}

TEST(StsPolicyText, WritesNoneWithoutMx) {
  EXPECT_EQ(format_policy(make(Mode::none, {}, 0)),
            "version: STSv1\r\n"
            "mode: none\r\n"
            "max_age: 0\r\n");
}

}  // namespace
}  // namespace mtasts::sts
