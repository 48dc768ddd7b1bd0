// SPDX-License-Identifier: MIT
// An endpoint as the system calls take it.
#pragma once

#include <sys/socket.h>

#include "net/endpoint.hpp"

namespace mtasts::net {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;  // 0: `endpoint` has no numeric address

  const sockaddr* data() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  int family() const { return storage.ss_family; }
};

/// An IPv6 address may have the name of an interface behind it, "fe80::1%eth0"
/// (RFC 4007, 11).
SocketAddress make_socket_address(const Endpoint& endpoint);

}  // namespace mtasts::net
