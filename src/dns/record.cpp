// SPDX-License-Identifier: MIT
#include "dns/record.hpp"

#include <cstddef>
#include <optional>
#include <utility>

#include "dns/name.hpp"
#include "text/ip_address.hpp"

namespace mtasts::dns {

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
  if (std::optional<std::string> shown = text::find_ipv4(text)) {
    return Target{Type::a, *std::move(shown)};
  }
  if (std::optional<std::string> shown = text::find_ipv6(text)) {
    return Target{Type::aaaa, *std::move(shown)};
  }
  const Result<Name> name = Name::from_typed(text);
  if (!name) return fail(name.error());
  return Target{Type::cname, name->text()};
}

}  // namespace mtasts::dns
