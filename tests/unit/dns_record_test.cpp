// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "dns/record.hpp"

namespace mtasts::dns {
namespace {

std::vector<std::size_t> sizes(std::size_t octets) {
  const std::string data(octets, 'x');
  std::vector<std::size_t> found;
  for (const std::string_view text : split_character_strings(data)) {
    found.push_back(text.size());
  }
  return found;
}

using Sizes = std::vector<std::size_t>;

// RFC 1035, 3.3: a character string has at most 255 octets.
TEST(DnsRecord, Keeps255OctetsInOneString) {
  EXPECT_EQ(sizes(255), Sizes{255});
}

TEST(DnsRecord, Splits256OctetsInTwo) {
  EXPECT_EQ(sizes(256), (Sizes{255, 1}));
}

TEST(DnsRecord, LeavesNoEmptyStringBehindAFullOne) {
  EXPECT_EQ(sizes(510), (Sizes{255, 255}));
}

TEST(DnsRecord, Splits600OctetsInThree) {
  EXPECT_EQ(sizes(600), (Sizes{255, 255, 90}));
}

// RFC 1035, 3.3.14: TXT-DATA is one or more character strings.
TEST(DnsRecord, MakesOneEmptyStringOfNothing) { EXPECT_EQ(sizes(0), Sizes{0}); }

// RFC 8461, 3.1: strings are joined "without adding spaces".
TEST(DnsRecord, StringsJoinToTheData) {
  std::string data;
  for (int i = 0; i < 700; ++i) data += static_cast<char>('a' + i % 26);
  std::string joined;
  for (const std::string_view text : split_character_strings(data)) {
    joined += text;
  }
  EXPECT_EQ(joined, data);
}

}  // namespace
}  // namespace mtasts::dns
