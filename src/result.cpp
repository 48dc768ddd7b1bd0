// SPDX-License-Identifier: MIT
#include "result.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <system_error>

#include "text/utf8.hpp"

namespace mtasts {
namespace {

constexpr std::size_t k_max_quoted_octets = 80;

/// The character that `text` starts with, or what it is if it would steer a
/// terminal: a control character, also one of U+0080 to U+009F, or no UTF-8.
/// Returns its octets.
std::size_t append_printable(std::string& out, std::string_view text) {
  const std::size_t length = text::utf8_length(text);
  const auto octet = static_cast<unsigned char>(text[0]);
  const bool upper_control = octet == 0xC2 && length == 2 &&
                             static_cast<unsigned char>(text[1]) < 0xA0;
  if (length == 0 || octet < 0x20 || octet == 0x7F || upper_control) {
    out += fmt::format("\\x{:02x}", octet);
    return 1;
  }
  out += text.substr(0, length);
  return length;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  std::size_t taken = 0;
  while (taken < text.size() && taken < k_max_quoted_octets) {
    if (text[taken] == '"' || text[taken] == '\\') out += '\\';
    taken += append_printable(out, text.substr(taken));
  }
  out += '"';
  if (taken < text.size()) out += "...";
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) text.remove_prefix(append_printable(out, text));
  return out;
}

Error about_value(std::string_view what, std::string_view value, Error error) {
  error.message =
      fmt::format("{} {} {}", what, in_quotes(value), error.message);
  return error;
}

std::string format_errno(int error) {
  return std::generic_category().message(error);
}

std::string list_values(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", value);
  }
  return text;
}

std::string propose(const std::vector<std::string>& values,
                    std::string_view each) {
  return values.size() == 1 ? "write " + list_values(values)
                            : fmt::format("{}: {}", each, list_values(values));
}

}  // namespace mtasts
