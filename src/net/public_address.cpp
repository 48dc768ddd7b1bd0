// SPDX-License-Identifier: MIT
// Which addresses are everybody's, by the registries of RFC 6890.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "net/tcp_stream.hpp"

namespace mtasts::net {
namespace {

struct Block4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t quad(std::uint32_t a, std::uint32_t b, std::uint32_t c,
                             std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr auto k_not_public = std::to_array<Block4>({
    {quad(0, 0, 0, 0), 8},       // this network
    {quad(10, 0, 0, 0), 8},      // private
    {quad(100, 64, 0, 0), 10},   // shared by a carrier's customers
    {quad(127, 0, 0, 0), 8},     // loopback
    {quad(169, 254, 0, 0), 16},  // link-local; metadata of clouds
    {quad(172, 16, 0, 0), 12},   // private
    {quad(192, 0, 0, 0), 24},    // protocols
    {quad(192, 0, 2, 0), 24},    // documentation
    {quad(192, 88, 99, 0), 24},  // relays of 6to4, once
    {quad(192, 168, 0, 0), 16},  // private
    {quad(198, 18, 0, 0), 15},   // benchmarks
    {quad(198, 51, 100, 0), 24},
    {quad(203, 0, 113, 0), 24},
    {quad(224, 0, 0, 0), 3},  // multicast, reserved, broadcast
});

bool is_public4(std::uint32_t address) {
  return std::none_of(
      k_not_public.begin(), k_not_public.end(), [&](const Block4& block) {
        return (address ^ block.first) >> (32 - block.bits) == 0;
      });
}

bool is_public6(const std::array<std::uint8_t, 16>& at) {
  const auto word = [&](std::size_t i) {
    return static_cast<std::uint32_t>(at[2 * i] << 8 | at[2 * i + 1]);
  };
  // RFC 6052, 2.1: NAT64 gives an IPv4 address to a machine without IPv4.
  if (word(0) == 0x64 && word(1) == 0xff9b &&
      std::all_of(at.begin() + 4, at.begin() + 12,
                  [](std::uint8_t octet) { return octet == 0; })) {
    return is_public4(word(6) << 16 | word(7));
  }
  const bool is_global = at[0] >> 5 == 1;                         // 2000::/3
  const bool is_protocol = word(0) == 0x2001 && word(1) < 0x200;  // and Teredo
  const bool is_documentation = (word(0) == 0x2001 && word(1) == 0xdb8) ||
                                (word(0) == 0x3fff && word(1) < 0x1000);
  const bool is_6to4 = word(0) == 0x2002;  // has any IPv4 address in it
  return is_global && !is_protocol && !is_documentation && !is_6to4;
}

}  // namespace

bool is_public(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    return is_public4(ntohl(v4.s_addr));
  }
  std::array<std::uint8_t, 16> v6{};
  return ::inet_pton(AF_INET6, address.c_str(), v6.data()) == 1 &&
         is_public6(v6);
}

}  // namespace mtasts::net
