// SPDX-License-Identifier: MIT
#include "dns/registry_suffix.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mtasts::dns {

bool is_registry_suffix(const Name& name) {
  if (name.label_count() == 1) return true;
  constexpr std::array<std::string_view, 8> k_second_level = {
      "ac", "co", "com", "edu", "gov", "net", "ne", "org"};
  const std::string_view text = name.text();
  const std::size_t dot = text.find('.');
  return text.size() - dot - 1 == 2 &&
         std::ranges::find(k_second_level, text.substr(0, dot)) !=
             k_second_level.end();
}

}  // namespace mtasts::dns
