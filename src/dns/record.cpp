// SPDX-License-Identifier: MIT
#include "dns/record.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "dns/name.hpp"

namespace mtasts::dns {
namespace {

std::optional<std::string> find_address(int family, std::string_view text) {
  const std::string copy(text);
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (copy.find('\0') != std::string::npos ||
      ::inet_pton(family, copy.c_str(), address.data()) != 1)
    return {};
  ::inet_ntop(family, address.data(), shown.data(), shown.size());
  return shown.data();
}

}  // namespace

std::string_view format_type(Type type) {
  switch (type) {
    case Type::txt:
      return "TXT";
    case Type::cname:
      return "CNAME";
    case Type::a:
      return "A";
    case Type::aaaa:
      return "AAAA";
  }
  return {};
}

std::vector<std::string_view> split_character_strings(std::string_view data) {
  constexpr std::size_t k_max_octets = 255;
  std::vector<std::string_view> strings;
  do {
    strings.push_back(data.substr(0, k_max_octets));
    data.remove_prefix(strings.back().size());
  } while (!data.empty());
  return strings;
}

Result<Target> parse_target(std::string_view text) {
  if (std::optional<std::string> shown = find_address(AF_INET, text)) {
    return Target{Type::a, *std::move(shown)};
  }
  if (std::optional<std::string> shown = find_address(AF_INET6, text)) {
    return Target{Type::aaaa, *std::move(shown)};
  }
  const Result<Name> name = Name::from_typed(text);
  if (!name) return fail(name.error());
  return Target{Type::cname, name->text()};
}

}  // namespace mtasts::dns
