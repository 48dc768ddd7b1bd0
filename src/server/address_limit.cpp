// SPDX-License-Identifier: MIT
#include "server/address_limit.hpp"

#include <netinet/in.h>

#include <cstring>
#include <random>

namespace mtasts::server {
namespace {

// An IPv4 address stands under ff00::/8, which is multicast and never the
// source of a connection.
constexpr ClientKey k_ipv4 = ClientKey{0xFF} << 56;

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

bool AddressLimit::take(ClientKey client) {
  if (most_ == 0) return true;
  const std::lock_guard lock(mutex_);
  std::size_t& count = held_[client];
  if (count >= most_) return false;
  ++count;
  return true;
}

void AddressLimit::give_back(ClientKey client) {
  if (most_ == 0) return;
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(client);
  if (found != held_.end() && --found->second == 0) held_.erase(found);
}

}  // namespace mtasts::server
