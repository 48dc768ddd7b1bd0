// SPDX-License-Identifier: MIT
#include "result.hpp"

#include <fmt/format.h>

#include <cstddef>

#include "utf8.hpp"

namespace mtasts {
namespace {

constexpr std::size_t k_max_quoted_octets = 80;

}  // namespace

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  std::size_t taken = 0;
  while (taken < text.size() && taken < k_max_quoted_octets) {
    const std::string_view rest = text.substr(taken);
    const std::size_t length = utf8_length(rest);
    const auto octet = static_cast<unsigned char>(rest[0]);
    // U+0080 to U+009F are control characters too.
    const bool upper_control = octet == 0xC2 && length == 2 &&
                               static_cast<unsigned char>(rest[1]) < 0xA0;
    if (length == 0 || octet < 0x20 || octet == 0x7F || upper_control) {
      out += fmt::format("\\x{:02x}", octet);
      taken += 1;
    } else {
      if (octet == '"' || octet == '\\') out += '\\';
      out += rest.substr(0, length);
      taken += length;
    }
  }
  out += '"';
  if (taken < text.size()) out += "...";
  return out;
}

std::string list_values(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", value);
  }
  return text;
}

}  // namespace mtasts
