// SPDX-License-Identifier: MIT
#include "sts/slip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "dns/name_slip.hpp"
#include "text/ascii.hpp"
#include "text/utf8.hpp"

namespace mtasts::sts {
namespace {

constexpr std::string_view k_digits = "0123456789";

struct Unit {
  std::string_view name;  // in the singular
  std::int64_t seconds;
};

// Without "m": a minute to some, a month to others.
constexpr Unit k_units[] = {
    {"", 1},           {"s", 1},
    {"sec", 1},        {"second", 1},
    {"min", 60},       {"minute", 60},
    {"h", 3600},       {"hour", 3600},
    {"d", 86'400},     {"day", 86'400},
    {"w", 604'800},    {"week", 604'800},
    {"y", 31'536'000}, {"year", 31'536'000},
};

/// In lower case, without what stands around a value.
std::string simplify(std::string_view text) {
  constexpr std::string_view k_around = " \t\"'`;,.";
  return std::string(
      text::trim(text::to_lower(text::remove_disguises(text)), k_around));
}

/// The digits that `text` starts with, without what separates thousands, and
/// without a fraction of nothing. `text` becomes the rest.
std::string take_number(std::string_view& text) {
  constexpr std::string_view k_separators = ",._' ";
  const auto count_digits = [](std::string_view rest) {
    return std::min(rest.find_first_not_of(k_digits), rest.size());
  };
  std::string number(text.substr(0, count_digits(text)));
  text.remove_prefix(number.size());
  while (number.size() <= 12 && !text.empty() &&
         text::has(k_separators, text.front()) &&
         count_digits(text.substr(1)) == 3) {
    number += text.substr(1, 3);
    text.remove_prefix(4);
  }
  if (text.starts_with(".0")) {
    text.remove_prefix(1 + count_digits(text.substr(1)));
  }
  number.erase(0, std::min(number.find_first_not_of('0'), number.size() - 1));
  return number;
}

}  // namespace

std::vector<MxPattern> find_meant_mx(std::string_view text) {
  std::vector<MxPattern> meant;
  for (const std::string& name : dns::split_names(text)) {
    Result<MxPattern> mx = MxPattern::from_typed(name);
    // A single word is a remark rather than a host.
    if (!mx || mx->name().label_count() == 1) return {};
    meant.push_back(*std::move(mx));
  }
  return meant;
}

Error explain_mx(std::string_view text, Error fault) {
  const std::vector<std::string> names = dns::split_names(text);
  if (names.size() == 1 && names.front() == ".") {
    return {"is the null MX of a domain that takes no mail (RFC 7505)",
            "have no policy for such a domain, or mode none without mx"};
  }
  if (text::has(text, "_dc-mx.")) {
    return {
        "is what Cloudflare makes of an MX record that names a proxied host",
        "set that host to \"DNS only\" and list it by its own name"};
  }
  if (const std::optional<Error> disguise = text::find_disguise(text)) {
    return *disguise;
  }
  if (const std::optional<Error> mixed = text::find_mixed_letters(text)) {
    return *mixed;
  }
  if (find_meant_mx(text).empty()) {
    if (text::has(text, "<br")) {
      return {"has a tag of HTML in it",
              "take it out: the policy is plain text"};
    }
    if (text.find_first_of("{}<>$%") != std::string_view::npos) {
      return {"is a placeholder that nobody has filled in",
              "write the name of your MX host there"};
    }
    if (text.find_first_of(" \t") != std::string_view::npos) {
      return {"is more than a host name",
              "a host name and nothing else, each by itself"};
    }
    return fault;
  }
  const std::size_t digits = text.find_first_not_of(k_digits);
  if (digits != 0 && digits != std::string_view::npos && text[digits] == ' ') {
    return {"has a preference, which MX records have and policies have not",
            {}};
  }
  return {std::move(fault.message), {}};
}

std::optional<Mode> find_meant_mode(std::string_view text) {
  return parse_mode(simplify(text));
}

std::optional<std::chrono::seconds> find_meant_max_age(std::string_view text) {
  const std::string plain = simplify(text);
  std::string_view unit = plain;
  if (unit.find_first_of(k_digits) != 0) return std::nullopt;
  const std::string number = take_number(unit);
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  if (unit.size() > 2 && unit.ends_with('s')) unit.remove_suffix(1);
  if (number.size() > 10) return std::nullopt;
  std::int64_t count = 0;
  std::from_chars(number.data(), number.data() + number.size(), count);
  for (const Unit& one : k_units) {
    if (one.name == unit) return std::chrono::seconds(count * one.seconds);
  }
  return std::nullopt;
}

}  // namespace mtasts::sts
