// SPDX-License-Identifier: MIT
// How many connections one client address may hold at a time: an IPv4
// address, or an IPv6 /64, which is what one customer gets. Shared by all
// threads.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace mtasts::server {

/// The part of an address that counts as one client.
using ClientKey = std::uint64_t;

/// Nothing for a socket without addresses (a unix socket).
std::optional<ClientKey> client_key(const sockaddr_storage& address);

class AddressLimit {
 public:
  /// 0 means no limit.
  explicit AddressLimit(std::size_t most) : most_(most) {}

  /// False when `client` holds its share already.
  bool take(ClientKey client);
  /// Once for every take() that was true.
  void give_back(ClientKey client);

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::unordered_map<ClientKey, std::size_t> held_;  // under mutex_
};

}  // namespace mtasts::server
