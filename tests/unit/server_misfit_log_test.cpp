// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "server/misfit_log.hpp"

namespace mtasts::server {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using namespace std::string_view_literals;
using Say = MisfitBudget::Say;
constexpr Misfit k_host = Misfit::unknown_host;
constexpr MisfitBudget::Time k_start{hours(1)};

std::string numbered(int number) { return "h" + std::to_string(number); }

TEST(ServerMisfitLog, KnowsTheProxyProtocol) {
  for (const std::string_view octets :
       {"PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\nGET / HTTP/1.1\r\n"sv,
        "PROXY TCP6 2001:db8::1 2001:db8::2 5000 443\r\n"sv,
        "PROXY UNKNOWN\r\n"sv, "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"sv,
        "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"sv, "\r\n\r\n\0\r\nQUIT\n"sv}) {
    EXPECT_EQ(find_protocol(octets), Misfit::proxy_protocol) << octets;
  }
}

TEST(ServerMisfitLog, KnowsOtherProtocols) {
  EXPECT_EQ(find_protocol("\x16\3\1\2\0"sv), Misfit::tls);
  EXPECT_EQ(find_protocol("GET / HTTP/1.0\r\n"), Misfit::http);
  EXPECT_EQ(find_protocol("HEAD /x HTTP/1.1\r\n"), Misfit::http);
  EXPECT_EQ(find_protocol("OPTIONS * HTTP/1.1\r\n"), Misfit::http);
  EXPECT_EQ(find_protocol("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Misfit::http2);
}

TEST(ServerMisfitLog, TakesNothingElseForOne) {
  for (const std::string_view octets :
       {""sv, "P"sv, "PROXY"sv, "PROXY / HTTP/1.1\r\n"sv, "PROXY TCP5 "sv,
        " PROXY TCP4 "sv, "proxy tcp4 "sv, "\r\n\r\n"sv, "\r\n\r\n\0\r\nQUIT"sv,
        "\r\n\r\n\r\n"sv, "\x16\2"sv, "EHLO x\r\n"sv, "GETS /"sv}) {
    EXPECT_EQ(find_protocol(octets), std::nullopt) << octets;
  }
}

TEST(ServerMisfitLog, SaysANameOnceADay) {
  MisfitBudget budget;
  EXPECT_EQ(budget.take(k_host, "a", k_start), Say::name);
  EXPECT_EQ(budget.take(k_host, "a", k_start), Say::nothing);
  EXPECT_EQ(budget.take(k_host, "b", k_start), Say::name);
  EXPECT_EQ(budget.take(Misfit::unknown_name, "a", k_start), Say::name);
  EXPECT_EQ(budget.take(Misfit::no_name, "", k_start), Say::name);
  EXPECT_EQ(budget.take(Misfit::no_name, "", k_start), Say::nothing);
  const MisfitBudget::Time next_day = k_start + hours(24);
  EXPECT_EQ(budget.take(k_host, "a", next_day - minutes(1)), Say::nothing);
  EXPECT_EQ(budget.take(k_host, "a", next_day), Say::name);
  EXPECT_EQ(budget.take(k_host, "a", next_day + hours(1)), Say::nothing);
}

TEST(ServerMisfitLog, SaysTenNamesAnHour) {
  MisfitBudget budget;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(budget.take(k_host, numbered(i), k_start), Say::name);
  }
  // A name that is known takes nothing of what is left.
  EXPECT_EQ(budget.take(k_host, numbered(0), k_start), Say::nothing);
  EXPECT_EQ(budget.take(k_host, "new", k_start), Say::that_more_are_left_out);
  EXPECT_EQ(budget.take(k_host, "newer", k_start), Say::nothing);
  // Of another kind there still may be ten.
  EXPECT_EQ(budget.take(Misfit::unknown_name, "new", k_start), Say::name);
  const MisfitBudget::Time next = k_start + hours(1);
  EXPECT_EQ(budget.take(k_host, "new", next - minutes(1)), Say::nothing);
  EXPECT_EQ(budget.take(k_host, "new", next), Say::name);
  EXPECT_EQ(budget.take(k_host, numbered(0), next), Say::nothing);
}

TEST(ServerMisfitLog, RemembersSixtyFourNames) {
  MisfitBudget budget;
  MisfitBudget::Time now = k_start;
  for (int i = 0; i < 65; ++i) {
    EXPECT_EQ(budget.take(k_host, numbered(i), now), Say::name);
    now += minutes(6);
  }
  EXPECT_EQ(budget.take(k_host, numbered(1), now), Say::nothing);
  EXPECT_EQ(budget.take(k_host, numbered(64), now), Say::nothing);
  EXPECT_EQ(budget.take(k_host, numbered(0), now), Say::name);
}

/// Whoever asks, as much as he likes, for a week.
TEST(ServerMisfitLog, HasABound) {
  MisfitBudget budget;
  int lines = 0;
  for (int i = 0; i < 7 * 24 * 60; ++i) {
    for (int j = 0; j < 20; ++j) {
      lines += budget.take(k_host, numbered(20 * i + j),
                           k_start + minutes(i)) != Say::nothing;
    }
  }
  EXPECT_EQ(lines, 7 * 24 * 11);
}

}  // namespace
}  // namespace mtasts::server
