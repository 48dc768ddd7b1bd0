// SPDX-License-Identifier: MIT
#include "dns/tag_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/ascii.hpp"

namespace mtasts::dns {
namespace {

/// sts-ext-value = 1*(%x21-3A / %x3C / %x3E-7E): visible ASCII but ";" and "="
bool is_tag_value(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return c >= 0x21 && c <= 0x7E && c != ';' && c != '=';
  });
}

/// sts-extension = sts-ext-name "=" sts-ext-value
Result<Tag> parse_tag(std::string_view field, std::string_view spaced) {
  if (!text::has(field, "=")) {
    return fail(fmt::format("field {} has no \"=\"", in_quotes(field)));
  }
  const std::string_view name = text::take_until(field, "=");
  if (!is_field_name(name)) {
    return fail(fmt::format("{} is no field name", in_quotes(name)));
  }
  if (name != spaced && !is_tag_value(field)) {
    return fail(fmt::format("field {} has no proper value: {}", in_quotes(name),
                            in_quotes(field)));
  }
  return Tag(name, field);
}

}  // namespace

bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 &&
         text::is_alphanumeric(name.front()) &&
         std::ranges::all_of(name, [](char c) {
           return text::is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
         });
}

// sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]
// sts-field-delim = *WSP ";" *WSP
Result<std::vector<Tag>> parse_tag_list(std::string_view text,
                                        std::string_view version,
                                        std::string_view spaced) {
  if (!text.starts_with(version)) {
    return fail(fmt::format("does not start with {}", in_quotes(version)),
                "the version comes first, in exactly this case");
  }
  text.remove_prefix(version.size());
  if (!text::trim(text).starts_with(';')) {
    return fail(fmt::format("has no \";\" behind {}", in_quotes(version)));
  }
  text::take_until(text, ";");
  std::vector<Tag> tags;
  for (bool is_last = false; !is_last;) {
    is_last = !text::has(text, ";");
    const std::string_view raw = text::take_until(text, ";");
    const std::string_view field = text::trim(raw);
    if (field.empty() && is_last) break;
    if (field.empty()) {
      return fail("has an empty field", "write one \";\" between two fields");
    }
    if (is_last && !raw.ends_with(field)) {
      return fail("ends with white space", "it may stand around a \";\" only");
    }
    const Result<Tag> tag = parse_tag(field, spaced);
    if (!tag) return fail(tag.error());
    tags.push_back(*tag);
  }
  if (tags.empty()) return fail("has no field");
  return tags;
}

}  // namespace mtasts::dns
