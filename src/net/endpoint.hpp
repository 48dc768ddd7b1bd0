// SPDX-License-Identifier: MIT
// An address and a port to connect to. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::net {

/// RFC 1035, 4.2.
constexpr std::uint16_t k_dns_port = 53;

/// A numeric IPv4 or IPv6 address, without brackets, and a port.
struct Endpoint {
  std::string address = {};
  std::uint16_t port = 0;

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// "192.0.2.1", "192.0.2.1:53", "2001:db8::1" or "[2001:db8::1]:53"; without a
/// port, `port` is meant.
Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t port);

}  // namespace mtasts::net
