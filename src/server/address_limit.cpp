// SPDX-License-Identifier: MIT
#include "server/address_limit.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace mtasts::server {
namespace {

// An IPv4 address stands under ff00::/8, which is multicast and never the
// source of a connection.
constexpr ClientKey k_ipv4 = ClientKey{0xFF} << 56;

using std::chrono::steady_clock;

// What one connection takes from a bucket, as the time to fill it up again.
constexpr steady_clock::duration k_refill =
    steady_clock::duration(std::chrono::seconds(1)) / k_connections_per_second;
constexpr steady_clock::duration k_empty = k_refill * k_connections_at_once;

}  // namespace

std::optional<ClientKey> client_key(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &address, sizeof ipv4);
    return k_ipv4 | ntohl(ipv4.sin_addr.s_addr);
  }
  if (address.ss_family != AF_INET6) return std::nullopt;
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, &address, sizeof ipv6);
  const unsigned char* octets = ipv6.sin6_addr.s6_addr;
  // A mapped IPv4 address (RFC 4291, 2.5.5.2) is one client, not a /64.
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr);
  ClientKey key = 0;
  for (std::size_t i = mapped ? 12 : 0; i < (mapped ? 16U : 8U); ++i) {
    key = key << 8 | octets[i];
  }
  return mapped ? k_ipv4 | key : key;
}

bool is_ipv4(ClientKey client) { return (client & k_ipv4) == k_ipv4; }

bool is_loopback(ClientKey client) {
  constexpr ClientKey k_net = 127;
  return is_ipv4(client) ? (client & 0xFFFFFFFFU) >> 24U == k_net : client == 0;
}

KeyedHash::KeyedHash()
    : key_(std::uint64_t{std::random_device()()} << 32U |
           std::random_device()()) {}

std::size_t KeyedHash::operator()(ClientKey client) const {
  // The last step of SplitMix64 (Steele, Lea, Flood 2014), after the key.
  std::uint64_t mixed = (client ^ key_) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U) ^ key_) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

std::optional<End> AddressLimit::take(ClientKey client, Time now) {
  if (most_ == 0) return {};
  const std::lock_guard lock(mutex_);
  latest_ = std::max(latest_, now);
  if (accounts_.size() >= forget_at_) forget_some();
  Account& account = accounts_[client];
  if (account.held >= most_) return End::address_limit;
  const Time full_again = std::max(account.full_again, latest_) + k_refill;
  // What runs here could take the processors anyway, and may be a forwarder.
  if (!is_loopback(client)) {
    if (full_again - latest_ > k_empty) return End::address_rate;
    account.full_again = full_again;
  }
  ++account.held;
  return {};
}

void AddressLimit::give_back(ClientKey client) {
  if (most_ == 0) return;
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(client);
  if (found == accounts_.end() || found->second.held == 0) return;
  Account& account = found->second;
  if (--account.held == 0 && account.full_again <= latest_) {
    accounts_.erase(found);
  }
}

/// Those who hold nothing and whose bucket is full again. A walk comes only
/// when there are twice as many as were left by the last: so each costs little.
void AddressLimit::forget_some() {
  std::erase_if(accounts_, [this](const auto& one) {
    return one.second.held == 0 && one.second.full_again <= latest_;
  });
  forget_at_ = std::max(k_connections_at_once, 2 * accounts_.size());
}

std::size_t AddressLimit::size() {
  const std::lock_guard lock(mutex_);
  return accounts_.size();
}

}  // namespace mtasts::server
