// SPDX-License-Identifier: MIT
#include "result.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace mtasts {
namespace {

constexpr std::size_t k_max_quoted_octets = 80;

/// Octets of the UTF-8 character that `text` starts with; 0 if it is broken.
std::size_t utf8_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = 0;
  if (lead < 0x80) length = 1;
  if (lead >= 0xC2 && lead < 0xE0) length = 2;
  if (lead >= 0xE0 && lead < 0xF0) length = 3;
  if (lead >= 0xF0 && lead < 0xF5) length = 4;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  }
  // U+0080 to U+009F are control characters too.
  if (length == 2 && lead == 0xC2 &&
      static_cast<unsigned char>(text[1]) < 0xA0) {
    return 0;
  }
  return length;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  std::size_t taken = 0;
  while (taken < text.size() && taken < k_max_quoted_octets) {
    const std::string_view rest = text.substr(taken);
    const std::size_t length = utf8_length(rest);
    const auto octet = static_cast<unsigned char>(rest[0]);
    if (length == 0 || octet < 0x20 || octet == 0x7F) {
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

}  // namespace mtasts
