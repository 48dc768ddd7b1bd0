// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "net/endpoint.hpp"

namespace mtasts::net {
namespace {

std::string read(std::string_view text) {
  const Result<Endpoint> endpoint = parse_endpoint(text, 53);
  if (!endpoint) {
    return fmt::format("{}; {}", endpoint.error().message,
                       endpoint.error().hint);
  }
  return fmt::format("{} {}", endpoint->address, endpoint->port);
}

TEST(Endpoint, HasThePortThatIsGivenOrTheUsualOne) {
  EXPECT_EQ(read("192.0.2.53"), "192.0.2.53 53");
  EXPECT_EQ(read("192.0.2.53:5353"), "192.0.2.53 5353");
  EXPECT_EQ(read("2001:DB8::53"), "2001:db8::53 53");
  EXPECT_EQ(read("[2001:db8::53]"), "2001:db8::53 53");
  EXPECT_EQ(read("[::1]:5353"), "::1 5353");
}

TEST(Endpoint, RefusesWhatNobodyCanConnectTo) {
  const std::string hint =
      "an address, as \"192.0.2.53\" or \"[2001:db8::53]:53\"";
  const std::string no_address = "is no address of IPv4 or IPv6; " + hint;
  for (const std::string_view text :
       {"", ":53", "ns1.example.com", "ns1.example.com:53", "192.0.2", "[]",
        "[]:53", "[192.0.2.1]:53", "[::1", "::1]", "[", "]", "1.2.3.4.5:53"}) {
    EXPECT_EQ(read(text), no_address) << text;
  }
  for (const std::string_view port : {"", "0", "65536", "-1", "+1", "53 "}) {
    EXPECT_EQ(read(fmt::format("192.0.2.53:{}", port)),
              fmt::format("has the port \"{}\", which is not a number from 1 "
                          "to 65535; {}",
                          port, hint));
  }
  EXPECT_EQ(read("localhost:53"),
            "is a name, not an address; \"127.0.0.1\" or \"[::1]\"");
}

}  // namespace
}  // namespace mtasts::net
