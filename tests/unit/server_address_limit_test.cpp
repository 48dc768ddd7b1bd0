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

TEST(ServerClientKey, KnowsThisMachine) {
  for (const char* one :
       {"127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(*key(one))) << one;
  }
  for (const char* one : {"128.0.0.1", "126.255.255.255", "10.0.0.127",
                          "2001:db8::1", "7f00::1", "::ffff:192.0.2.1"}) {
    EXPECT_FALSE(is_loopback(*key(one))) << one;
  }
}

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::optional<End> k_given;
constexpr AddressLimit::Time k_start{seconds(1000)};

/// What the client is told who comes and goes so often at one time.
std::optional<End> come_and_go(AddressLimit& limit, ClientKey client,
                               std::size_t times, AddressLimit::Time now) {
  for (std::size_t i = 0; i < times; ++i) {
    const std::optional<End> refused = limit.take(client, now);
    if (refused) return refused;
    limit.give_back(client);
  }
  return {};
}

TEST(ServerAddressLimit, GivesEachClientItsShare) {
  AddressLimit limit(2);
  EXPECT_EQ(limit.take(1, k_start), k_given);
  EXPECT_EQ(limit.take(1, k_start), k_given);
  EXPECT_EQ(limit.take(1, k_start), End::address_limit);
  EXPECT_EQ(limit.take(2, k_start), k_given);
  limit.give_back(1);
  EXPECT_EQ(limit.take(1, k_start), k_given);
  EXPECT_EQ(limit.take(1, k_start), End::address_limit);
}

TEST(ServerAddressLimit, GivesEachClientItsRate) {
  AddressLimit limit(9);
  EXPECT_EQ(come_and_go(limit, 1, 2000, k_start), k_given);
  EXPECT_EQ(limit.take(1, k_start), End::address_rate);
  EXPECT_EQ(come_and_go(limit, 2, 2000, k_start), k_given);
  // 200 more with each second, whatever was refused meanwhile.
  EXPECT_EQ(come_and_go(limit, 1, 200, k_start + seconds(1)), k_given);
  EXPECT_EQ(limit.take(1, k_start + seconds(1)), End::address_rate);
  EXPECT_EQ(come_and_go(limit, 1, 1, k_start + milliseconds(1005)), k_given);
  EXPECT_EQ(limit.take(1, k_start + milliseconds(1005)), End::address_rate);
  EXPECT_EQ(come_and_go(limit, 1, 2000, k_start + seconds(12)), k_given);
}

TEST(ServerAddressLimit, LetsACrowdComeForAnHour) {
  AddressLimit limit(9);
  for (int second = 0; second < 3600; ++second) {
    ASSERT_EQ(come_and_go(limit, 1, 200, k_start + seconds(second)), k_given);
  }
}

TEST(ServerAddressLimit, HasNoRateForThisMachine) {
  AddressLimit limit(1);
  EXPECT_EQ(come_and_go(limit, *key("127.0.0.1"), 9999, k_start), k_given);
  EXPECT_EQ(come_and_go(limit, *key("::1"), 9999, k_start), k_given);
  EXPECT_EQ(limit.size(), 0U);
}

TEST(ServerAddressLimit, ForgetsWhoIsGoneForAWhile) {
  AddressLimit limit(9);
  EXPECT_EQ(limit.take(1, k_start), k_given);
  for (ClientKey client = 2; client < 1'000'000; ++client) {
    // 100,000 addresses a second, each with one connection.
    const auto now = k_start + std::chrono::microseconds(10 * client);
    EXPECT_EQ(come_and_go(limit, client, 1, now), k_given);
    ASSERT_LE(limit.size(), 2000U);
  }
  for (int i = 1; i < 9; ++i) {
    EXPECT_EQ(limit.take(1, k_start + seconds(20)), k_given);
  }
  EXPECT_EQ(limit.take(1, k_start + seconds(20)), End::address_limit);
}

TEST(ServerAddressLimit, IsOffAtZero) {
  AddressLimit limit(0);
  for (int i = 0; i < 9999; ++i) EXPECT_EQ(limit.take(1, k_start), k_given);
  limit.give_back(1);
  EXPECT_EQ(limit.size(), 0U);
}

TEST(ServerAddressLimit, IgnoresWhatWasNotTaken) {
  AddressLimit limit(1);
  limit.give_back(1);
  EXPECT_EQ(limit.take(1, k_start), k_given);
  EXPECT_EQ(limit.take(1, k_start), End::address_limit);
}

TEST(ServerAddressLimit, IsExactAcrossThreads) {
  AddressLimit limit(3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&limit] {
      for (int round = 0; round < 2000; ++round) {
        const auto now = k_start + seconds(round);
        if (!limit.take(7, now)) limit.give_back(7);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto now = k_start + seconds(3000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.take(7, now), k_given);
  EXPECT_EQ(limit.take(7, now), End::address_limit);
}

}  // namespace
}  // namespace mtasts::server
