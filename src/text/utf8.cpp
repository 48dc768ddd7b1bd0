// SPDX-License-Identifier: MIT
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mtasts::text {
namespace {

/// Characters of one kind, and what people mean who have them in a
/// configuration; '\0' is nothing.
struct Disguise {
  char32_t first;
  char32_t last;
  char plain;
};

constexpr std::array<Disguise, 23> k_disguises = {{
    {0x00A0, 0x00A0, ' '},  {0x00AB, 0x00AB, '"'},  {0x00AD, 0x00AD, '\0'},
    {0x00BB, 0x00BB, '"'},  {0x061C, 0x061C, '\0'}, {0x1680, 0x1680, ' '},
    {0x180E, 0x180E, '\0'}, {0x2000, 0x200A, ' '},  {0x200B, 0x200F, '\0'},
    {0x2010, 0x2015, '-'},  {0x2018, 0x201B, '\''}, {0x201C, 0x201F, '"'},
    {0x202A, 0x202E, '\0'}, {0x202F, 0x202F, ' '},  {0x2039, 0x203A, '\''},
    {0x205F, 0x205F, ' '},  {0x2060, 0x2064, '\0'}, {0x2066, 0x206F, '\0'},
    {0x2212, 0x2212, '-'},  {0x3000, 0x3000, ' '},  {0xFE00, 0xFE0F, '\0'},
    {0xFEFF, 0xFEFF, '\0'}, {0xFF01, 0xFF5E, '!'},  // the wide forms of ASCII
}};

/// The character that `text` starts with, of `length` octets.
char32_t decode(std::string_view text, std::size_t length) {
  constexpr std::array<unsigned char, 5> k_mask = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t code = static_cast<unsigned char>(text[0]) & k_mask.at(length);
  for (std::size_t i = 1; i < length; ++i) {
    code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return code;
}

/// What `code` is meant to be, if it is one of those.
std::optional<char> find_plain(char32_t code) {
  const auto* found =
      std::ranges::find_if(k_disguises, [code](const Disguise& one) {
        return one.first <= code && code <= one.last;
      });
  if (found == k_disguises.end()) return std::nullopt;
  if (found->first != 0xFF01) return found->plain;
  return static_cast<char>(code - 0xFF01 + '!');
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto at = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&at](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
  if (text.empty()) return 0;
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && at(1) < 0xA0;
    const bool surrogate = lead == 0xED && at(1) > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && at(1) < 0x90;
    const bool above = lead == 0xF4 && at(1) > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !above ? 4 : 0;
  }
  return 0;
}

std::optional<Error> find_disguise(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const char32_t code = decode(text, length);
    const std::optional<char> plain = find_plain(code);
    text.remove_prefix(length);
    if (!plain) continue;
    const std::string name =
        fmt::format("U+{:04X}", static_cast<unsigned>(code));
    if (*plain == '\0' || *plain == ' ') {
      return Error{fmt::format("has the invisible character {}", name),
                   *plain == ' ' ? "delete it; where a space belongs, type one"
                                 : "delete it"};
    }
    return Error{fmt::format("has the character {}, which only looks like {}",
                             name, in_quotes(std::string_view(&*plain, 1))),
                 "type it anew"};
  }
  return std::nullopt;
}

std::optional<Error> find_mixed_letters(std::string_view text) {
  bool has_latin = false;
  char32_t other = 0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const char32_t code = decode(text, length);
    text.remove_prefix(length);
    const char32_t lower = code | 0x20U;
    if (lower >= 'a' && lower <= 'z') {
      has_latin = true;
    } else if (length == 2 && code >= 0x0370 && code <= 0x052F) {
      if (other == 0) other = code;
    } else if (code < 0x80 && code != '-' && (code < '0' || code > '9')) {
      has_latin = false;
      other = 0;
    }
    if (!has_latin || other == 0) continue;
    return Error{
        fmt::format("has the letter U+{:04X} among Latin ones, which "
                    "only looks like one of them",
                    static_cast<unsigned>(other)),
        "type it anew; if it is meant, use the A-label form (xn--...)"};
  }
  return std::nullopt;
}

std::string remove_disguises(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const std::optional<char> meant = find_plain(decode(text, length));
    if (!meant) {
      plain += text.substr(0, length);
    } else if (*meant != '\0') {
      plain += *meant;
    }
    text.remove_prefix(length);
  }
  return plain;
}

}  // namespace mtasts::text
