// SPDX-License-Identifier: MIT
#include "dns/quote.hpp"

#include <fmt/format.h>

namespace mtasts::dns {

std::string escape_character_string(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet >= 0x7F) {
      out += fmt::format("\\{:03}", octet);
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string format_data_undotted(Type type, std::string_view value) {
  if (type != Type::txt) return escape_character_string(value);
  std::string out;
  for (const std::string_view text : split_character_strings(value)) {
    if (!out.empty()) out += ' ';
    out += '"' + escape_character_string(text) + '"';
  }
  return out;
}

std::string format_data(Type type, std::string_view value) {
  return format_data_undotted(type, value) + (type == Type::cname ? "." : "");
}

}  // namespace mtasts::dns
