// SPDX-License-Identifier: MIT
#include "tlsrpt/report_time.hpp"

#include <algorithm>
#include <cstddef>

#include "text/ascii.hpp"

namespace mtasts::tlsrpt {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

/// Reports came up in 2018; clocks that were never set say 1970.
constexpr sys_seconds k_first = sys_days{year{2000} / 1 / 1};
constexpr sys_seconds k_last = sys_days{year{2100} / 1 / 1};

bool is_sane(sys_seconds time) { return time >= k_first && time < k_last; }

/// Reads a text from its front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : left_(text) {}

  bool is_at_end() const { return left_.empty(); }
  bool take(std::string_view any) {
    if (left_.empty() || !text::has(any, left_.front())) return false;
    left_.remove_prefix(1);
    return true;
  }
  /// Just so many digits.
  std::optional<int> find_number(std::size_t digits) {
    if (left_.size() < digits ||
        !std::ranges::all_of(left_.substr(0, digits), text::is_digit)) {
      return std::nullopt;
    }
    int number = 0;
    for (const char c : left_.substr(0, digits))
      number = number * 10 + (c - '0');
    left_.remove_prefix(digits);
    return number;
  }
  void skip_digits() {
    while (take("0123456789")) {
    }
  }

 private:
  std::string_view left_;
};

std::optional<sys_days> find_date(Scanner& in) {
  const auto y = in.find_number(4);
  const bool has_first = in.take("-/");
  const auto m = in.find_number(2);
  const bool has_second = in.take("-/");
  const auto d = in.find_number(2);
  if (!y || !m || !d || !has_first || !has_second) return std::nullopt;
  const std::chrono::year_month_day date{
      year{*y}, std::chrono::month{static_cast<unsigned>(*m)},
      std::chrono::day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

/// "12:34" or "12:34:56", with a fraction.
std::optional<seconds> find_clock(Scanner& in) {
  const auto h = in.find_number(2);
  const bool has_colon = in.take(":");
  const auto m = in.find_number(2);
  if (!h || !m || !has_colon) return std::nullopt;
  int s = 0;
  if (in.take(":")) {
    const auto found = in.find_number(2);
    if (!found) return std::nullopt;
    s = *found;
    if (in.take(".,")) in.skip_digits();
  }
  // 24:00 is the end of the day in ISO 8601, 60 a leap second in RFC 3339.
  if (*h > 24 || *m > 59 || s > 60) return std::nullopt;
  return std::chrono::hours{*h} + std::chrono::minutes{*m} + seconds{s};
}

/// "+02:00", "-0700", "+01".
std::optional<seconds> find_offset(Scanner& in) {
  const bool is_east = in.take("+");
  if (!is_east && !in.take("-")) return std::nullopt;
  const auto h = in.find_number(2);
  if (!h || *h > 23) return std::nullopt;
  in.take(":");
  const int m = in.is_at_end() ? 0 : in.find_number(2).value_or(99);
  if (m > 59) return std::nullopt;
  const seconds offset = std::chrono::hours{*h} + std::chrono::minutes{m};
  return is_east ? offset : -offset;
}

std::optional<ReportTime> find_digits_alone(std::string_view text) {
  constexpr std::size_t k_most_digits = 13;
  if (text.empty() || text.size() > k_most_digits ||
      !std::ranges::all_of(text, text::is_digit)) {
    return std::nullopt;
  }
  std::int64_t count = 0;
  for (const char c : text) count = count * 10 + (c - '0');
  const auto time = find_epoch_time(count);
  if (!time) return std::nullopt;
  return ReportTime{*time, true, false};
}

}  // namespace

std::optional<sys_seconds> find_epoch_time(std::int64_t count) {
  constexpr std::int64_t k_milliseconds_from =
      100'000'000'000;  // the year 5138
  if (count >= k_milliseconds_from) count /= 1000;
  const sys_seconds time{seconds{count}};
  if (!is_sane(time)) return std::nullopt;
  return time;
}

std::optional<ReportTime> find_report_time(std::string_view text) {
  text = text::trim(text);
  if (const auto found = find_digits_alone(text)) return found;
  Scanner in(text);
  const auto date = find_date(in);
  if (!date) return std::nullopt;
  ReportTime read{*date, false, false};
  if (in.take("Tt")) {
    read.is_exact = true;
  } else if (!in.take(" ")) {
    if (!in.is_at_end() || !is_sane(read.time)) return std::nullopt;
    return read;
  }
  const auto clock = find_clock(in);
  if (!clock) return std::nullopt;
  read.time += *clock;
  while (in.take(" ")) read.is_exact = false;
  if (in.take("Zz")) {
    read.has_zone = true;
  } else if (!in.is_at_end()) {
    const auto offset = find_offset(in);
    if (!offset) return std::nullopt;
    read.time -= *offset;
    read.has_zone = true;
  }
  if (!in.is_at_end() || !is_sane(read.time)) return std::nullopt;
  return read;
}

}  // namespace mtasts::tlsrpt
