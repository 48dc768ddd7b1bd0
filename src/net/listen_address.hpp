// SPDX-License-Identifier: MIT
// One entry of server.listen: where the policy host accepts connections.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::net {

/// What is spoken on a listener: https ends TLS here, http leaves that to a
/// proxy in front.
enum class Scheme { https, http };

struct ListenAddress {
  enum class Kind {
    tcp,        // host is a numeric IPv4 or IPv6 address
    unix_path,  // path
    systemd,    // descriptors handed over by the service manager (LISTEN_FDS)
  };

  Kind kind;
  std::string host;        // tcp: "127.0.0.1", "::"; unix_path: the path
  std::uint16_t port = 0;  // tcp; 0 lets the kernel choose
  Scheme scheme = Scheme::https;

  /// Only this machine can reach it.
  bool is_local() const;

  /// Both can't be bound; whatever is spoken there.
  bool is_same_place(const ListenAddress& other) const;

  /// True if `any` is "[::]:P", which takes IPv4 along otherwise, and this is
  /// an entry for IPv4 at the same port.
  bool takes_ipv4_from(const ListenAddress& any) const;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// "127.0.0.1:8443", "[::]:8443", "localhost:8443", "unix:/run/x", "systemd";
/// without TLS "http://127.0.0.1:8080" and "http+unix:/run/x". Names other
/// than localhost are refused: they would be looked up once.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// The form that parse_listen_address() reads.
std::string format_listen_address(const ListenAddress& address);

}  // namespace mtasts::net
