// SPDX-License-Identifier: MIT
#include "text/parse_time.hpp"

#include "text/ascii.hpp"

namespace mtasts::text {
namespace {

constexpr std::string_view k_form = "0000-00-00T00:00:00Z";

/// Whether `text` has digits where k_form has, and the same between them.
bool has_form(std::string_view text) {
  if (text.size() != k_form.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool good =
        k_form[i] == '0' ? is_digit(text[i]) : text[i] == k_form[i];
    if (!good) return false;
  }
  return true;
}

int read_number(std::string_view digits) {
  int number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

}  // namespace

Result<std::chrono::sys_seconds> parse_time(std::string_view text) {
  using std::chrono::year_month_day;
  const auto bad = [text] {
    return fail(in_quotes(text) + " is no time",
                "write it in UTC: \"2026-11-23T19:38:51Z\"");
  };
  if (!has_form(text)) return bad();
  const auto number = [text](std::size_t at, std::size_t size) {
    return read_number(text.substr(at, size));
  };
  const year_month_day date{
      std::chrono::year{number(0, 4)},
      std::chrono::month{static_cast<unsigned>(number(5, 2))},
      std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 ||
      number(17, 2) > 59) {
    return bad();
  }
  return std::chrono::sys_days{date} + std::chrono::hours{number(11, 2)} +
         std::chrono::minutes{number(14, 2)} +
         std::chrono::seconds{number(17, 2)};
}

}  // namespace mtasts::text
