// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <thread>
#include <vector>

#include "server/address_limit.hpp"

namespace mtasts::server {
namespace {

std::optional<ClientKey> key(const char* text) {
  sockaddr_storage address{};
  sockaddr_in ipv4{};
  sockaddr_in6 ipv6{};
  if (::inet_pton(AF_INET, text, &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(1);
    std::memcpy(&address, &ipv4, sizeof ipv4);
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1) << text;
    ipv6.sin6_family = AF_INET6;
    std::memcpy(&address, &ipv6, sizeof ipv6);
  }
  return client_key(address);
}

TEST(ServerClientKey, IsTheAddressOfAnIpv4Client) {
  EXPECT_EQ(key("192.0.2.1"), key("192.0.2.1"));
  EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
  EXPECT_NE(key("192.0.2.1"), key("193.0.2.1"));
}

TEST(ServerClientKey, IsTheNetworkOfAnIpv6Client) {
  EXPECT_EQ(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::2"));
  EXPECT_NE(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
  EXPECT_NE(key("2001:db8::1"), key("2002:db8::1"));
}

// A dual-stack listener sees IPv4 clients so.
TEST(ServerClientKey, IsTheSameForAMappedAddress) {
  EXPECT_EQ(key("::ffff:192.0.2.1"), key("192.0.2.1"));
  EXPECT_NE(key("::ffff:192.0.2.1"), key("::ffff:192.0.2.2"));
}

TEST(ServerClientKey, NeverMixesTheFamilies) {
  EXPECT_NE(key("0.0.0.0"), key("::"));
  EXPECT_NE(key("0.0.0.1"), key("::1"));
  EXPECT_NE(key("192.0.2.1"), key("::192.0.2.1"));
}

TEST(ServerKeyedHash, IsAnotherInEachTable) {
  const KeyedHash one;
  const KeyedHash other;
  std::size_t equal = 0;
  std::size_t low_bits = 0;  // of a table of 1024 places
  for (ClientKey client = 0; client < 1024; ++client) {
    equal += one(client << 32U) == other(client << 32U) ? 1 : 0;
    low_bits |= one(client << 32U) % 1024;
  }
  EXPECT_EQ(equal, 0U);
  EXPECT_EQ(low_bits, 1023U);
}

TEST(ServerClientKey, IsNothingForAUnixSocket) {
  sockaddr_storage address{};
  address.ss_family = AF_UNIX;
  EXPECT_EQ(client_key(address), std::nullopt);
}

TEST(ServerAddressLimit, GivesEachClientItsShare) {
  AddressLimit limit(2);
  EXPECT_TRUE(limit.take(1));
  EXPECT_TRUE(limit.take(1));
  EXPECT_FALSE(limit.take(1));
  EXPECT_TRUE(limit.take(2));
  limit.give_back(1);
  EXPECT_TRUE(limit.take(1));
  EXPECT_FALSE(limit.take(1));
}

TEST(ServerAddressLimit, IsOffAtZero) {
  AddressLimit limit(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limit.take(1));
  limit.give_back(1);
}

TEST(ServerAddressLimit, IgnoresWhatWasNotTaken) {
  AddressLimit limit(1);
  limit.give_back(1);
  EXPECT_TRUE(limit.take(1));
  EXPECT_FALSE(limit.take(1));
}

TEST(ServerAddressLimit, IsExactAcrossThreads) {
  AddressLimit limit(3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&limit] {
      for (int round = 0; round < 2000; ++round) {
        if (limit.take(7)) limit.give_back(7);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take(7));
  EXPECT_FALSE(limit.take(7));
}

}  // namespace
}  // namespace mtasts::server
