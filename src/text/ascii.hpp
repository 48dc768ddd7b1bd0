// SPDX-License-Identifier: MIT
// Characters of ASCII and words made of them, whatever the locale says.
#pragma once

#include <string>
#include <string_view>

namespace mtasts::text {

// --- The classes of RFC 5234, B.1 ---

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }

constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// The character that two hex digits stand for, "2D" for "-".
constexpr char read_hex(char high, char low) {
  const auto value = [](char c) {
    return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
  };
  return static_cast<char>(value(high) * 16 + value(low));
}

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// --- Words ---

/// Lowers A to Z and nothing else.
std::string to_lower(std::string_view text);
/// Makes A of a, and so on.
std::string to_upper(std::string_view text);

constexpr bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
constexpr bool has(std::string_view text, char c) {
  return text.find(c) != std::string_view::npos;
}

/// `text` without what it has of `around` at both ends: without a second
/// argument, of WSP (RFC 5234, B.1).
std::string_view trim(std::string_view text, std::string_view around = " \t");

/// What `text` has in front of the first of `ends`, which is taken away with
/// it: of "a, b" with "," it is "a", and " b" is left.
std::string_view take_until(std::string_view& text, std::string_view ends);

}  // namespace mtasts::text
