// SPDX-License-Identifier: MIT
#include "dns/record.hpp"

#include <cstddef>

namespace mtasts::dns {

std::vector<std::string_view> split_character_strings(std::string_view data) {
  constexpr std::size_t k_max_octets = 255;
  std::vector<std::string_view> strings;
  do {
    strings.push_back(data.substr(0, k_max_octets));
    data.remove_prefix(strings.back().size());
  } while (!data.empty());
  return strings;
}

}  // namespace mtasts::dns
