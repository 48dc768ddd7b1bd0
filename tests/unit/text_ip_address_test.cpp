// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "text/ip_address.hpp"

namespace mtasts::text {
namespace {

TEST(TextIpAddress, FindsTheUsualForm) {
  EXPECT_EQ(find_ipv6("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(find_ipv4("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(find_ip_address("::1"), "::1");
  EXPECT_EQ(find_ip_address("127.0.0.1"), "127.0.0.1");
}

TEST(TextIpAddress, FindsNothingInWhatIsNone) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text :
       {""sv, "localhost"sv, "192.0.2"sv, "192.0.2.01"sv, "[::1]"sv, "::1%lo"sv,
        "127.0.0.1\0"sv, "::1\0x"sv}) {
    EXPECT_FALSE(find_ip_address(text)) << text;
  }
  EXPECT_FALSE(find_ipv4("::1"));
  EXPECT_FALSE(find_ipv6("127.0.0.1"));
}

}  // namespace
}  // namespace mtasts::text
