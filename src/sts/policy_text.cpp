// SPDX-License-Identifier: MIT
#include "sts/policy_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "dns/tag_list.hpp"
#include "utf8.hpp"

namespace mtasts::sts {
namespace {

bool is_wsp(char c) { return c == ' ' || c == '\t'; }

/// RFC 8461, 3.2: sts-policy-ext-value, with its inner spaces.
bool is_extension_value(std::string_view value) {
  if (value.empty()) return false;
  while (!value.empty()) {
    const std::size_t length = utf8_length(value);
    const char c = value.front();
    if (length == 0 || (length == 1 && (c < 0x20 || c == 0x7F))) return false;
    value.remove_prefix(length);
  }
  return true;
}

struct Fields {
  bool version = false;
  std::optional<Mode> mode;
  std::optional<std::chrono::seconds> max_age;
  std::vector<MxPattern> mx;
};

Result<std::chrono::seconds> parse_max_age(std::string_view value) {
  const bool digits = std::all_of(value.begin(), value.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (value.empty() || value.size() > 10 || !digits) {
    return fail(
        fmt::format("max_age {} is not 1 to 10 digits", in_quotes(value)));
  }
  std::int64_t seconds = 0;
  std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (std::chrono::seconds(seconds) > k_max_max_age) {
    return fail(
        fmt::format("max_age {} is above {}", seconds, k_max_max_age.count()));
  }
  return std::chrono::seconds(seconds);
}

/// Takes one field into `fields`. RFC 8461, 3.2: of duplicates "all entries
/// except for the first SHALL be ignored", so their values are not looked at.
Result<void> take_field(std::string_view key, std::string_view value,
                        Fields& fields) {
  if (key == "version") {
    if (fields.version) return {};
    if (value != "STSv1") {
      return fail(fmt::format("version {} is not STSv1", in_quotes(value)));
    }
    fields.version = true;
    return {};
  }
  if (key == "mode") {
    if (fields.mode) return {};
    fields.mode = parse_mode(value);
    if (!fields.mode) {
      return fail(fmt::format("mode {} is none of testing, enforce and none",
                              in_quotes(value)));
    }
    return {};
  }
  if (key == "max_age") {
    if (fields.max_age) return {};
    const Result<std::chrono::seconds> max_age = parse_max_age(value);
    if (!max_age) return tl::unexpected<Error>(max_age.error());
    fields.max_age = *max_age;
    return {};
  }
  if (key == "mx") {
    Result<MxPattern> mx = MxPattern::parse(value);
    if (!mx) {
      return fail(fmt::format("mx {} {}", in_quotes(value), mx.error().message),
                  mx.error().hint);
    }
    fields.mx.push_back(*std::move(mx));
    return {};
  }
  if (!dns::is_field_name(key)) {
    return fail(fmt::format("{} is no field name", in_quotes(key)),
                "letters, digits, \"_\", \"-\" and \".\", 32 at most, nothing "
                "before it and no space before the colon");
  }
  if (!is_extension_value(value)) {
    return fail(fmt::format("field {} has no proper value", in_quotes(key)));
  }
  return {};
}

Result<void> take_line(std::string_view line, Fields& fields) {
  if (line.empty()) return fail("is empty", "remove the line");
  if (line.find('\r') != std::string_view::npos) {
    return fail("has a CR that no LF follows");
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return fail(fmt::format("{} has no colon", in_quotes(line)));
  }
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && is_wsp(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_wsp(value.back())) value.remove_suffix(1);
  return take_field(line.substr(0, colon), value, fields);
}

}  // namespace

std::string format_policy(const Policy& policy) {
  std::string text =
      fmt::format("version: STSv1\r\nmode: {}\r\n", format_mode(policy.mode()));
  for (const MxPattern& mx : policy.mx()) {
    text += fmt::format("mx: {}\r\n", mx.text());
  }
  text += fmt::format("max_age: {}\r\n", policy.max_age().count());
  return text;
}

Result<Policy> parse_policy(std::string_view text) {
  Fields fields;
  std::size_t number = 0;
  // ABNF: fields are separated by terminators, and one may follow the last;
  // so a text never holds an empty line, not even at its end.
  while (!text.empty()) {
    const std::size_t lf = text.find('\n');
    std::string_view line = text.substr(0, lf);
    text.remove_prefix(lf == std::string_view::npos ? text.size() : lf + 1);
    if (lf != std::string_view::npos && line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    ++number;
    const Result<void> taken = take_line(line, fields);
    if (!taken) {
      return fail(fmt::format("line {}: {}", number, taken.error().message),
                  taken.error().hint);
    }
  }
  if (!fields.version) return fail("there is no version field");
  if (!fields.mode) return fail("there is no mode field");
  if (!fields.max_age) return fail("there is no max_age field");
  return Policy::make(*fields.mode, std::move(fields.mx), *fields.max_age);
}

}  // namespace mtasts::sts
