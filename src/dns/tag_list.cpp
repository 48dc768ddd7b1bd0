// SPDX-License-Identifier: MIT
#include "dns/tag_list.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mtasts::dns {
namespace {

/// %x21-3A / %x3C / %x3E-7E: visible ASCII but ";" and "=".
bool is_tag_value(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c >= 0x21 && c <= 0x7E && c != ';' && c != '=';
  });
}

std::string_view trim(std::string_view text) {
  const auto wsp = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && wsp(text.front())) text.remove_prefix(1);
  while (!text.empty() && wsp(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && is_alphanumeric(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
         });
}

Result<std::vector<Tag>> parse_tag_list(std::string_view text,
                                        std::string_view version,
                                        std::string_view spaced) {
  if (!text.starts_with(version)) {
    return fail(fmt::format("does not start with {}", in_quotes(version)),
                "the version comes first, in exactly this case");
  }
  text.remove_prefix(version.size());
  std::vector<Tag> tags;
  std::size_t separator = text.find(';');
  if (separator == std::string_view::npos ||
      !trim(text.substr(0, separator)).empty()) {
    return fail(fmt::format("has no \";\" behind {}", in_quotes(version)));
  }
  while (separator != std::string_view::npos) {
    text.remove_prefix(separator + 1);
    separator = text.find(';');
    const std::string_view raw = text.substr(0, separator);
    const std::string_view field = trim(raw);
    if (separator == std::string_view::npos && !field.empty() &&
        (raw.ends_with(' ') || raw.ends_with('\t'))) {
      return fail("ends with white space", "it may stand around a \";\" only");
    }
    if (field.empty()) {
      // ABNF: one ";" may end the record, with white space around it.
      if (separator == std::string_view::npos) break;
      return fail("has an empty field", "write one \";\" between two fields");
    }
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) {
      return fail(fmt::format("field {} has no \"=\"", in_quotes(field)));
    }
    const Tag tag(field.substr(0, equals), field.substr(equals + 1));
    if (!is_field_name(tag.first)) {
      return fail(fmt::format("{} is no field name", in_quotes(tag.first)));
    }
    if (tag.first != spaced && !is_tag_value(tag.second)) {
      return fail(fmt::format("field {} has no proper value: {}",
                              in_quotes(tag.first), in_quotes(tag.second)));
    }
    tags.push_back(tag);
  }
  if (tags.empty()) return fail("has no field");
  return tags;
}

}  // namespace mtasts::dns
