// SPDX-License-Identifier: MIT
#include "text/json.hpp"

#include <fmt/format.h>

#include "text/utf8.hpp"

namespace mtasts::text {

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const char c = text.front();
    const auto octet = static_cast<unsigned char>(c);
    const std::size_t length = utf8_length(text);
    // U+0080 to U+009F steer terminals as well.
    const bool is_upper_control = octet == 0xC2 && length == 2 &&
                                  static_cast<unsigned char>(text[1]) < 0xA0;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (octet < 0x20 || octet == 0x7F) {
      out += fmt::format("\\u{:04x}", octet);
    } else if (is_upper_control) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[1]));
    } else if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
  return out;
}

}  // namespace mtasts::text
