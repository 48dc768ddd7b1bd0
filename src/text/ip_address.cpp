// SPDX-License-Identifier: MIT
#include "text/ip_address.hpp"

#include <arpa/inet.h>

#include <array>

namespace mtasts::text {
namespace {

std::optional<std::string> find_address(int family, std::string_view text) {
  const std::string copy(text);  // for inet_pton(3), which ends at a zero octet
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (copy.find('\0') != std::string::npos ||
      ::inet_pton(family, copy.c_str(), address.data()) != 1) {
    return std::nullopt;
  }
  ::inet_ntop(family, address.data(), shown.data(), shown.size());
  return shown.data();
}

}  // namespace

std::optional<std::string> find_ipv4(std::string_view text) {
  return find_address(AF_INET, text);
}

std::optional<std::string> find_ipv6(std::string_view text) {
  return find_address(AF_INET6, text);
}

std::optional<std::string> find_ip_address(std::string_view text) {
  const std::optional<std::string> ipv6 = find_ipv6(text);
  return ipv6 ? ipv6 : find_ipv4(text);
}

}  // namespace mtasts::text
