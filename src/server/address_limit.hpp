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

/// True if `client` stands for one IPv4 address, not for an IPv6 /64.
bool is_ipv4(ClientKey client);

/// A hash with a key that no client knows: who owns a /32 could else choose
/// addresses that all fall into one place of a table.
class KeyedHash {
 public:
  KeyedHash();
  std::size_t operator()(ClientKey client) const;

 private:
  std::uint64_t key_;
};

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
  std::unordered_map<ClientKey, std::size_t, KeyedHash> held_;  // under mutex_
};

}  // namespace mtasts::server
