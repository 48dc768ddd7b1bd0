// SPDX-License-Identifier: MIT
// How many connections one client address may hold at a time, and how fast it
// may make them: an IPv4 address, or an IPv6 /64, which is what one customer
// gets. Shared by all threads.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "server/counters.hpp"

namespace mtasts::server {

/// The part of an address that counts as one client.
using ClientKey = std::uint64_t;

/// Nothing for a socket without addresses (a unix socket).
std::optional<ClientKey> client_key(const sockaddr_storage& address);

/// True if `client` stands for one IPv4 address, not for an IPv6 /64.
bool is_ipv4(ClientKey client);

/// True if it stands for this machine: 127.0.0.0/8, or the /64 of ::1.
bool is_loopback(ClientKey client);

/// A bucket of so many connections, and how fast it fills up again. Each may
/// cost a handshake, and a thousand of those a second a third of a processor.
constexpr std::size_t k_connections_at_once = 2000;
constexpr std::size_t k_connections_per_second = 200;

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
  using Time = std::chrono::steady_clock::time_point;

  /// 0 means no limit, on the rate neither.
  explicit AddressLimit(std::size_t most) : most_(most) {}

  /// Why `client` gets no further connection; nothing if it has got one.
  std::optional<End> take(ClientKey client, Time now);
  /// Once for every take() that gave one.
  void give_back(ClientKey client);

  /// How many addresses are remembered.
  std::size_t size();

 private:
  struct Account {
    std::size_t held = 0;
    Time full_again;  // when its bucket is
  };

  void forget_some();

  std::size_t most_;
  std::mutex mutex_;  // of everything below
  Time latest_;
  std::size_t forget_at_ = k_connections_at_once;  // accounts
  std::unordered_map<ClientKey, Account, KeyedHash> accounts_;
};

}  // namespace mtasts::server
