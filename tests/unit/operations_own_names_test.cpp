// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "operations/own_names.hpp"

namespace mtasts::operations {
namespace {

using Words = std::vector<std::string>;

OwnNames make_names(const std::string& listen, const Words& hosts = {}) {
  return OwnNames(
      {.listen = net::parse_listen_address(listen).value(), .hosts = hosts});
}

/// Those of `asked` that are answered.
Words find(const OwnNames& names, const Words& asked) {
  Words known;
  for (const std::string& one : asked) {
    if (names.have(one)) known.push_back(one);
  }
  return known;
}

const Words k_strangers = {
    "rebound.evil.example",   "rebound.evil.example:9443",
    "localhost.evil.example", "127.0.0.1.evil.example",
    "xn--localhost",          "mta-sts.example.com"};
const Words k_own = {"localhost",  "LOCALHOST:1",           "localhost.:80",
                     "127.0.0.1",  "127.0.0.1:65535",       "[::1]",
                     "[::1]:9443", "[0:0:0:0:0:0:0:1]:9443"};

TEST(OperationsOwnNames, AreThoseOfTheMachineItselfWithAnyPort) {
  for (const char* listen : {"127.0.0.1:9443", "[::1]:1", "0.0.0.0:9443",
                             "[::]:9443", "192.0.2.1:9443", "unix:/run/s"}) {
    const OwnNames names = make_names(listen);
    EXPECT_EQ(find(names, k_own), k_own) << listen;
    EXPECT_EQ(find(names, k_strangers), Words{}) << listen;
  }
}

TEST(OperationsOwnNames, HaveTheAddressOfTheListener) {
  EXPECT_EQ(find(make_names("192.0.2.1:9443"),
                 {"192.0.2.1", "192.0.2.1:80", "192.0.2.2:9443"}),
            (Words{"192.0.2.1", "192.0.2.1:80"}));
  EXPECT_EQ(find(make_names("[2001:db8::1]:9443"),
                 {"[2001:DB8:0::1]:9443", "[2001:db8::2]:9443"}),
            Words{"[2001:DB8:0::1]:9443"});
}

// A kubelet asks for the address of the pod, Prometheus for that of its target.
TEST(OperationsOwnNames, HaveEveryAddressWhereItListensOnAll) {
  const Words addresses = {"10.0.0.7:9443", "[2001:db8::1]",
                           "[::ffff:1.2.3.4]"};
  EXPECT_EQ(find(make_names("0.0.0.0:9443"), addresses), addresses);
  EXPECT_EQ(find(make_names("[::]:9443"), addresses), addresses);
  EXPECT_EQ(find(make_names("127.0.0.1:9443"), addresses), Words{});
  EXPECT_EQ(find(make_names("unix:/run/s"), addresses), Words{});
  // Whatever a browser may make of these, they are no addresses here.
  EXPECT_EQ(find(make_names("[::]:9443"), {"1.2.3", "0x7f.1", "1.2.3.4.5"}),
            Words{});
}

TEST(OperationsOwnNames, HaveThoseOfTheConfiguration) {
  EXPECT_EQ(find(make_names("127.0.0.1:9443", {"ops_1", "2001:db8::1"}),
                 {"OPS_1:9443", "ops_1.", "[2001:db8:0::1]:9443", "ops_2"}),
            (Words{"OPS_1:9443", "ops_1.", "[2001:db8:0::1]:9443"}));
}

}  // namespace
}  // namespace mtasts::operations
