// SPDX-License-Identifier: MIT
#include "reports/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "text/ascii.hpp"
#include "tlsrpt/report.hpp"

namespace mtasts::reports {
namespace {

using tlsrpt::AnomalyKind;
using tlsrpt::k_max_count;
using tlsrpt::k_max_text_octets;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
}

/// Not in the middle of a character of UTF-8.
void cut_text(std::string& text) {
  std::size_t end = k_max_text_octets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  text.resize(end);
}

Taken<std::uint64_t> clamp_count(std::uint64_t count,
                                 std::optional<AnomalyKind> anomaly = {}) {
  if (count > k_max_count) return {k_max_count, AnomalyKind::clamped};
  return {count, anomaly};
}

Taken<std::uint64_t> read_count_of(double number) {
  if (!(number >= 0)) return {0, AnomalyKind::bad_value};
  if (number > static_cast<double>(k_max_count)) {
    return {k_max_count, AnomalyKind::clamped};
  }
  return {static_cast<std::uint64_t>(number), AnomalyKind::wrong_type};
}

/// Digits, in groups or not ("5,326"); a fraction does not count, an exponent
/// makes it anything.
Taken<std::uint64_t> read_count_of(std::string_view text) {
  constexpr std::size_t k_most_digits = 18;
  text = text::trim(text);
  if (text.empty() || !text::is_digit(text.front())) {
    return {0, AnomalyKind::bad_value};
  }
  std::uint64_t count = 0;
  std::size_t digits = 0;
  for (const char c : text) {
    if (text::is_digit(c)) {
      if (++digits > k_most_digits) return {k_max_count, AnomalyKind::clamped};
      count = count * 10 + static_cast<std::uint64_t>(c - '0');
    } else if (c == 'e' || c == 'E') {
      return {k_max_count, AnomalyKind::clamped};
    } else if (!text::has(",_' ", c)) {
      break;
    }
  }
  return clamp_count(count, AnomalyKind::wrong_type);
}

}  // namespace

std::string format_scalar(const Scalar& scalar) {
  return std::visit(
      [](const auto& value) -> std::string {
        using T = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return "null";
        } else {
          return fmt::format("{}", value);
        }
      },
      scalar);
}

Taken<std::string> read_text(const Scalar& scalar) {
  if (std::holds_alternative<std::monostate>(scalar)) {
    return {{}, AnomalyKind::wrong_type};
  }
  const auto* given = std::get_if<std::string_view>(&scalar);
  if (given == nullptr) {
    return {format_scalar(scalar), AnomalyKind::wrong_type};
  }
  Taken<std::string> taken{std::string(text::trim(*given, " \t\r\n"))};
  std::ranges::replace_if(taken.value, is_control, ' ');
  if (taken.value.size() > k_max_text_octets) {
    cut_text(taken.value);
    taken.anomaly = AnomalyKind::cut;
  } else if (taken.value.empty()) {
    taken.anomaly = AnomalyKind::empty;
  }
  return taken;
}

Taken<std::uint64_t> read_count(const Scalar& scalar) {
  if (const auto* count = std::get_if<std::uint64_t>(&scalar)) {
    return clamp_count(*count);
  }
  if (const auto* text = std::get_if<std::string_view>(&scalar)) {
    return read_count_of(*text);
  }
  if (const auto* number = std::get_if<double>(&scalar)) {
    return read_count_of(*number);
  }
  // A negative number, null or a word.
  return {0, AnomalyKind::bad_value};
}

Taken<std::optional<std::chrono::sys_seconds>> read_time(const Scalar& scalar) {
  if (const auto* text = std::get_if<std::string_view>(&scalar)) {
    const auto read = tlsrpt::find_report_time(*text);
    if (!read) return {std::nullopt, AnomalyKind::bad_value};
    if (!read->has_zone) return {read->time, AnomalyKind::no_zone};
    if (!read->is_exact) return {read->time, AnomalyKind::odd_spelling};
    return {read->time};
  }
  const Taken<std::uint64_t> count = read_count(scalar);
  const auto time =
      tlsrpt::find_epoch_time(static_cast<std::int64_t>(count.value));
  return {time, time ? AnomalyKind::wrong_type : AnomalyKind::bad_value};
}

}  // namespace mtasts::reports
