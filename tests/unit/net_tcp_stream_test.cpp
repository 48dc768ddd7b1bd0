// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "net/tcp_stream.hpp"

namespace mtasts::net {
namespace {

using std::chrono::milliseconds;

Deadline after(milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}
Deadline late() { return after(milliseconds(20'000)); }

/// Listens on 127.0.0.1; accepts when it is asked to.
class Peer {
 public:
  Peer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, generic, size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    EXPECT_EQ(::getsockname(listener_, generic, &size), 0);
    endpoint = {"127.0.0.1", ntohs(address.sin_port)};
  }
  ~Peer() { ::close(listener_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  int accept() const {
    return ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  }

  Endpoint endpoint;

 private:
  int listener_;
};

TEST(NetTcpStream, CarriesOctetsBothWaysUpToTheEnd) {
  const Peer peer;
  const Connected connected = connect(peer.endpoint, late(), late());
  ASSERT_EQ(connected.reach, Reach::reached);
  ASSERT_NE(connected.stream, nullptr);
  const int fd = peer.accept();
  ASSERT_TRUE(connected.stream->write("hello"));
  std::string heard(5, '\0');
  EXPECT_EQ(::recv(fd, heard.data(), heard.size(), MSG_WAITALL), 5);
  EXPECT_EQ(heard, "hello");
  EXPECT_FALSE(connected.stream->is_readable());
  EXPECT_EQ(::send(fd, "ab", 2, 0), 2);
  ::close(fd);
  std::string got(10, '\0');
  auto size = connected.stream->read(got);
  ASSERT_TRUE(size);
  EXPECT_EQ(got.substr(0, *size), "ab");
  size = connected.stream->read(got);
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, 0U);
  EXPECT_TRUE(connected.stream->is_readable());
}

TEST(NetTcpStream, EndsAtItsDeadline) {
  const Peer peer;
  const Connected connected =
      connect(peer.endpoint, late(), after(milliseconds(50)));
  ASSERT_NE(connected.stream, nullptr);
  std::string got(10, '\0');
  const auto size = connected.stream->read(got);
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().message, "nothing came in time");
  // Nobody reads what is written.
  const auto written = connected.stream->write(std::string(50'000'000, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "it took nothing in time");
}

TEST(NetTcpStream, TellsHowItCouldNotConnect) {
  Endpoint closed;
  {
    const Peer peer;
    closed = peer.endpoint;
  }
  const Connected refused = connect(closed, late(), late());
  EXPECT_EQ(refused.reach, Reach::refused);
  EXPECT_EQ(refused.reason, "Connection refused");
  EXPECT_EQ(refused.stream, nullptr);
  const Connected none = connect({"mx.test", 25}, late(), late());
  EXPECT_EQ(none.reach, Reach::no_route);
  EXPECT_EQ(none.reason, "no numeric address");
  EXPECT_EQ(connect({"fe80::1%nowhere", 25}, late(), late()).reach,
            Reach::no_route);
}

TEST(NetTcpStream, WritesEndpoints) {
  EXPECT_EQ(format_endpoint({"192.0.2.1", 25}), "192.0.2.1:25");
  EXPECT_EQ(format_endpoint({"2001:db8::1", 53}), "[2001:db8::1]:53");
}

TEST(NetPublicAddress, TellsWhoseAnAddressIs) {
  for (const char* address :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.0.1",
        "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
        "2001:503:ba3e::2:30", "2a00::1", "64:ff9b::101:101"}) {
    EXPECT_TRUE(is_public(address)) << address;
  }
  for (const char* address : {"0.0.0.0",
                              "10.0.0.1",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.2.1",
                              "192.88.99.1",
                              "192.168.1.1",
                              "198.18.0.1",
                              "198.19.0.1",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::ffff:1.1.1.1",
                              "fe80::1",
                              "fe80::1%lo",
                              "fc00::1",
                              "fd00::1",
                              "ff02::1",
                              "2001::1",
                              "2001:db8::1",
                              "2002:7f00:1::1",
                              "3fff::1",
                              "64:ff9b::7f00:1",
                              "64:ff9b:1::1",
                              "",
                              "mx.test"}) {
    EXPECT_FALSE(is_public(address)) << address;
  }
}

}  // namespace
}  // namespace mtasts::net
