// SPDX-License-Identifier: MIT
#include "text/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace mtasts::text {
namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
};

constexpr std::array<Unit, 5> k_units = {{
    {'w', 7 * 24 * 3600},
    {'d', 24 * 3600},
    {'h', 3600},
    {'m', 60},
    {'s', 1},
}};

// Ten digits of weeks fit an int64 by far.
constexpr std::size_t k_max_digits = 10;

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || text.empty() || digits > k_max_digits ||
      digits + 1 != text.size()) {
    return fail("is not a number with one of the units s m h d w",
                "for example \"1w\"");
  }
  for (const Unit& unit : k_units) {
    if (unit.letter != text.back()) continue;
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + digits, number);
    return std::chrono::seconds(number * unit.seconds);
  }
  return fail("has a unit that is none of s m h d w", "for example \"1w\"");
}

std::string format_duration(std::chrono::seconds duration) {
  for (const Unit& unit : k_units) {
    if (duration.count() % unit.seconds == 0 && duration.count() != 0) {
      return fmt::format("{}{}", duration.count() / unit.seconds, unit.letter);
    }
  }
  return "0s";
}

}  // namespace mtasts::text
