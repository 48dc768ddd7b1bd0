// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "net/listen_address.hpp"

namespace mtasts::net {
namespace {

using Kind = ListenAddress::Kind;
using std::string_view_literals::operator""sv;

void good(std::string_view text, const ListenAddress& want) {
  const Result<ListenAddress> address = parse_listen_address(text);
  ASSERT_TRUE(address) << text << ": " << address.error().message;
  EXPECT_EQ(*address, want) << text;
}

void bad(std::string_view text, std::string_view message,
         std::string_view hint =
             "\"[::]:8443\", \"127.0.0.1:8443\", \"unix:/run/mta-stsd.sock\" "
             "or \"systemd\"; without TLS \"http://127.0.0.1:8080\"") {
  const Result<ListenAddress> address = parse_listen_address(text);
  ASSERT_FALSE(address) << text;
  EXPECT_EQ(address.error().message, message) << text;
  EXPECT_EQ(address.error().hint, hint) << text;
}

ListenAddress tcp(std::string host, std::uint16_t port,
                  Scheme scheme = Scheme::https) {
  return {.kind = Kind::tcp,
          .host = std::move(host),
          .port = port,
          .scheme = scheme};
}

bool is_local(std::string_view text) {
  return parse_listen_address(text)->is_local();
}

TEST(NetListenAddress, TakesIpv4) {
  good("127.0.0.1:8443", tcp("127.0.0.1", 8443));
}

TEST(NetListenAddress, TakesIpv6InBrackets) {
  good("[::]:8443", tcp("::", 8443));
  good("[2001:db8::1]:443", tcp("2001:db8::1", 443));
}

TEST(NetListenAddress, TakesLocalhostForTheLoopbackAddress) {
  good("localhost:8443", tcp("127.0.0.1", 8443));
}

TEST(NetListenAddress, TakesEveryPort) {
  good("127.0.0.1:0", tcp("127.0.0.1", 0));
  good("127.0.0.1:65535", tcp("127.0.0.1", 65535));
}

TEST(NetListenAddress, TakesAUnixPath) {
  good("unix:/run/mta-stsd.sock",
       {.kind = Kind::unix_path, .host = "/run/mta-stsd.sock"});
}

// sockaddr_un: 108 octets with the zero.
TEST(NetListenAddress, TakesAUnixPathOf107Octets) {
  const std::string path = '/' + std::string(106, 'a');
  good("unix:" + path, {.kind = Kind::unix_path, .host = path});
}

TEST(NetListenAddress, RefusesAUnixPathOf108Octets) {
  bad("unix:/" + std::string(107, 'a'),
      "is no absolute path of at most 107 octets");
}

TEST(NetListenAddress, RefusesARelativeUnixPath) {
  bad("unix:run/x", "is no absolute path of at most 107 octets");
  bad("unix:", "is no absolute path of at most 107 octets");
}

TEST(NetListenAddress, TakesSystemd) {
  good("systemd", {.kind = Kind::systemd, .host = {}});
}

TEST(NetListenAddress, TakesPlainHttp) {
  good("http://127.0.0.1:8080", tcp("127.0.0.1", 8080, Scheme::http));
  good("http://localhost:8080", tcp("127.0.0.1", 8080, Scheme::http));
  good("http://[::1]:0", tcp("::1", 0, Scheme::http));
  // Whether it may be public is not the grammar's business.
  good("http://[::]:8080", tcp("::", 8080, Scheme::http));
}

TEST(NetListenAddress, TakesPlainHttpOnAUnixPath) {
  good("http+unix:/run/x",
       {.kind = Kind::unix_path, .host = "/run/x", .scheme = Scheme::http});
}

TEST(NetListenAddress, RefusesAnythingBehindAPlainPort) {
  bad("http://127.0.0.1:8080/",
      "has the port \"8080/\", which is not a number from 0 to 65535");
  bad("http://127.0.0.1/", "has no port");
}

TEST(NetListenAddress, RefusesPlainHttpWithoutAPort) {
  bad("http://127.0.0.1", "has no port");
  bad("http://", "has no port");
  // Sockets from the service manager end TLS.
  bad("http://systemd", "has no port");
}

TEST(NetListenAddress, RefusesARelativePlainUnixPath) {
  bad("http+unix:run/x", "is no absolute path of at most 107 octets");
}

TEST(NetListenAddress, RefusesBadPlainAddressesWithAPlainHint) {
  bad("http://:8080", "has no address", "\"http://127.0.0.1:8080\"");
  bad("http://::1:8080", "has an IPv6 address without brackets",
      "\"http://[::1]:8080\"");
}

TEST(NetListenAddress, RefusesAnotherSchemeOrSpelling) {
  bad("https://127.0.0.1:8443", "has a scheme, which TLS does not need",
      "\"127.0.0.1:8443\"");
  for (const std::string_view text :
       {"HTTP://127.0.0.1:1", "http:127.0.0.1:1", "http:/127.0.0.1:1",
        "http+tcp://127.0.0.1:1"}) {
    bad(text, "has a name where an address is needed");
  }
  bad("https+unix:/run/x",
      "has the port \"/run/x\", which is not a number from 0 to 65535");
}

TEST(NetListenAddress, OnePlaceIsOneSocketWhateverIsSpoken) {
  const auto same = [](std::string_view a, std::string_view b) {
    return parse_listen_address(a)->is_same_place(*parse_listen_address(b));
  };
  EXPECT_TRUE(same("127.0.0.1:1", "http://127.0.0.1:1"));
  EXPECT_TRUE(same("unix:/run/x", "http+unix:/run/x"));
  EXPECT_TRUE(same("systemd", "systemd"));
  EXPECT_FALSE(same("127.0.0.1:1", "127.0.0.1:2"));
  EXPECT_FALSE(same("[::1]:1", "http://127.0.0.1:1"));
  EXPECT_FALSE(same("unix:/run/x", "http+unix:/run/y"));
  // The kernel gives each of these a port of its own.
  EXPECT_FALSE(same("127.0.0.1:0", "http://127.0.0.1:0"));
}

TEST(NetListenAddress, AnyAddressOfIpv6LeavesIpv4ToItsOwnEntry) {
  const auto takes = [](std::string_view a, std::string_view any) {
    return parse_listen_address(a)->takes_ipv4_from(*parse_listen_address(any));
  };
  EXPECT_TRUE(takes("0.0.0.0:443", "[::]:443"));
  EXPECT_TRUE(takes("127.0.0.1:443", "http://[::]:443"));
  EXPECT_FALSE(takes("0.0.0.0:443", "[::]:444"));
  EXPECT_FALSE(takes("[::]:443", "[::]:443"));
  EXPECT_FALSE(takes("[::1]:443", "[::]:443"));
  EXPECT_FALSE(takes("0.0.0.0:443", "[::1]:443"));
  EXPECT_FALSE(takes("0.0.0.0:443", "127.0.0.1:443"));
  EXPECT_FALSE(takes("unix:/run/x", "[::]:443"));
  EXPECT_FALSE(takes("0.0.0.0:443", "unix:/run/x"));
  // The kernel gives each of these a port of its own.
  EXPECT_FALSE(takes("0.0.0.0:0", "[::]:0"));
}

TEST(NetListenAddress, RefusesSystemdInUpperCase) {
  EXPECT_FALSE(parse_listen_address("Systemd"));
}

TEST(NetListenAddress, RefusesAnAddressWithoutAPort) {
  bad("127.0.0.1", "has no port");
}

TEST(NetListenAddress, RefusesNothing) { bad("", "has no port"); }

TEST(NetListenAddress, RefusesAPortAlone) {
  EXPECT_FALSE(parse_listen_address("8443"));
}

TEST(NetListenAddress, RefusesPortsThatAreNone) {
  for (const std::string port : {"", "https", "-1", "+1", "65536", "8443x",
                                 " 8443", "0x1", "99999999999"}) {
    bad("127.0.0.1:" + port,
        "has the port \"" + port + "\", which is not a number from 0 to 65535");
  }
}

TEST(NetListenAddress, RefusesAMissingAddressWithAHint) {
  bad(":8443", "has no address",
      "\"[::]:8443\" accepts IPv6 and IPv4 on every interface");
  bad("*:8443", "has no address",
      "\"[::]:8443\" accepts IPv6 and IPv4 on every interface");
}

TEST(NetListenAddress, RefusesIpv6WithoutBracketsWithAHint) {
  bad("::1:8443", "has an IPv6 address without brackets", "\"[::1]:8443\"");
}

TEST(NetListenAddress, RefusesBracketsWithoutIpv6) {
  bad("[]:8443", "has no IPv6 address between its brackets");
  bad("[127.0.0.1]:8443", "has no IPv6 address between its brackets");
  bad("[fe80::1%eth0]:8443", "has no IPv6 address between its brackets");
}

TEST(NetListenAddress, RefusesOneBracket) {
  bad("[::1:8443", "has a name where an address is needed");
  bad("::1]:8443", "has a name where an address is needed");
}

// A name would be looked up once, at start, and then be wrong.
TEST(NetListenAddress, RefusesNames) {
  bad("www.example.com:8443", "has a name where an address is needed");
}

TEST(NetListenAddress, RefusesAddressesThatAreNone) {
  for (const std::string_view text :
       {"127.0.0.256:1", "127.0.0:1", "127.0.0.1.1:1", "127.1:1",
        "0x7f.0.0.1:1", " 127.0.0.1:1", "127.0.0.1 :1"}) {
    bad(text, "has a name where an address is needed");
  }
}

// inet_pton() sees the text end at the zero.
TEST(NetListenAddress, RefusesAZeroInAnAddress) {
  EXPECT_FALSE(parse_listen_address("127.0.0.1\0x:8443"sv));
  EXPECT_FALSE(parse_listen_address("[::1\0x]:8443"sv));
}

TEST(NetListenAddress, RefusesAZeroInAPath) {
  EXPECT_FALSE(parse_listen_address("unix:/run/x\0y"sv));
}

TEST(NetListenAddress, IsWrittenAsItIsRead) {
  for (const std::string_view text :
       {"127.0.0.1:8443", "[::]:0", "[2001:db8::1]:65535", "unix:/run/x",
        "systemd", "http://127.0.0.1:8080", "http://[::1]:0",
        "http+unix:/run/x"}) {
    EXPECT_EQ(format_listen_address(*parse_listen_address(text)), text);
  }
}

TEST(NetListenAddress, LoopbackIsLocal) {
  EXPECT_TRUE(is_local("127.0.0.1:1"));
  EXPECT_TRUE(is_local("127.1.2.3:1"));
  EXPECT_TRUE(is_local("[::1]:1"));
  EXPECT_TRUE(is_local("localhost:1"));
  EXPECT_TRUE(is_local("http://127.0.0.1:1"));
}

TEST(NetListenAddress, UnixPathIsLocal) {
  EXPECT_TRUE(is_local("unix:/run/x"));
  EXPECT_TRUE(is_local("http+unix:/run/x"));
}

TEST(NetListenAddress, EverythingElseIsPublic) {
  EXPECT_FALSE(is_local("0.0.0.0:1"));
  EXPECT_FALSE(is_local("192.0.2.127:1"));
  EXPECT_FALSE(is_local("[::]:1"));
  EXPECT_FALSE(is_local("[2001:db8::1]:1"));
  EXPECT_FALSE(is_local("http://0.0.0.0:1"));
}

// Nobody knows what the service manager has bound.
TEST(NetListenAddress, SystemdIsPublic) { EXPECT_FALSE(is_local("systemd")); }

}  // namespace
}  // namespace mtasts::net
