// SPDX-License-Identifier: MIT
#include "dns/name_slip.hpp"

#include "text/ascii.hpp"
#include "text/utf8.hpp"

namespace mtasts::dns {
namespace {

constexpr std::string_view k_digits = "0123456789";

/// Of a record in front of its host: "IN MX 10".
bool is_in_front(std::string_view word) {
  const std::string lower = text::to_lower(word);
  return lower == "in" || lower == "mx" ||
         word.find_first_not_of(k_digits) == std::string_view::npos;
}

std::string_view strip(std::string_view word) {
  constexpr std::string_view k_around = "\"'`<>()[]{}";
  word = text::trim(word, k_around);
  const std::size_t scheme = word.find("://");
  if (scheme != std::string_view::npos && scheme != 0) {
    word.remove_prefix(scheme + 3);
    word = word.substr(0, word.find('/'));
  }
  if (word.ends_with('/')) word.remove_suffix(1);
  const std::size_t at = word.find('@');
  if (at != std::string_view::npos) word.remove_prefix(at + 1);
  const std::size_t colon = word.find(':');
  if (colon != std::string_view::npos &&
      word.find_first_not_of(k_digits, colon + 1) == std::string_view::npos) {
    word = word.substr(0, colon);
  }
  if (word.size() > 1 && word.ends_with('.')) word.remove_suffix(1);
  return word;
}

}  // namespace

std::vector<std::string> split_names(std::string_view text) {
  constexpr std::string_view k_between = " \t,;|";
  const std::string plain = text::remove_disguises(text);
  std::vector<std::string> names;
  std::string_view rest = plain;
  while (!rest.empty()) {
    const std::string_view name = strip(text::take_until(rest, k_between));
    const bool more = rest.find_first_not_of(k_between) != rest.npos;
    if (name.empty() || (more && is_in_front(name))) continue;
    names.emplace_back(name);
  }
  return names;
}

}  // namespace mtasts::dns
