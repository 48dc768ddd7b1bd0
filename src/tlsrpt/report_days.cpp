// SPDX-License-Identifier: MIT
#include "tlsrpt/report_days.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "text/ascii.hpp"
#include "text/parse_time.hpp"
#include "text/time.hpp"

namespace mtasts::tlsrpt {
namespace {

constexpr std::size_t k_max_domain_octets = 253;
constexpr std::ptrdiff_t k_spaces = 12;    // between columns
constexpr std::size_t k_date_octets = 10;  // 2026-11-27

static_assert(std::tuple_size_v<decltype(DomainDay::sessions)> ==
              static_cast<std::size_t>(PolicyType::other) + 1);

/// Digits as std::to_string() writes them, and nothing else.
bool read_number(std::string_view& rest, std::uint64_t& number) {
  const std::string_view digits = text::take_until(rest, " ");
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  return error == std::errc{} && stop == end &&
         (digits.size() == 1 || digits[0] != '0');
}

std::optional<std::chrono::sys_days> find_day(std::string_view text) {
  if (text.size() != k_date_octets) return std::nullopt;
  const auto time = text::parse_time(std::string(text) + "T00:00:00Z");
  if (!time) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(*time);
}

std::optional<DomainDay> find_row(std::string_view line) {
  const auto spaces = std::ranges::count(line, ' ');
  DomainDay one;
  one.domain = text::take_until(line, " ");
  const auto day = find_day(text::take_until(line, " "));
  if (!is_domain(one.domain) || !day) return std::nullopt;
  one.day = *day;
  for (std::uint64_t* number :
       {&one.reports, &one.unverified, &one.organizations}) {
    if (!read_number(line, *number)) return std::nullopt;
  }
  for (Sessions& sessions : one.sessions) {
    if (!read_number(line, sessions.successful) ||
        !read_number(line, sessions.failed)) {
      return std::nullopt;
    }
  }
  if (!line.empty() || spaces != k_spaces || one.unverified > one.reports) {
    return std::nullopt;
  }
  return one;
}

/// The lines of a text, one after the other.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// The next one without its end; nothing behind the last, or when that has no
  /// end.
  std::optional<std::string_view> next() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    ++number_;
    return line;
  }
  std::string_view rest() const { return rest_; }
  Failure refuse(std::string_view says) const {
    return fail(fmt::format("line {} {}", number_, says),
                "mta-sts reports import writes it anew");
  }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

}  // namespace

std::string format_columns() {
  std::string line = "domain day reports unverified organizations";
  for (std::size_t i = 0; i < DomainDay{}.sessions.size(); ++i) {
    fmt::format_to(std::back_inserter(line), " {0} {0}-failed",
                   format_policy_type(static_cast<PolicyType>(i)));
  }
  return line;
}

bool is_domain(std::string_view text) {
  return !text.empty() && text.size() <= k_max_domain_octets &&
         std::ranges::all_of(text, [](char c) {
           return text::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' ||
                  c == '.' || c == '_';
         });
}

std::vector<std::pair<PolicyType, Sessions>> DomainDay::by_type() const {
  std::vector<std::pair<PolicyType, Sessions>> all;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const auto type = static_cast<PolicyType>(i);
    if (type == PolicyType::sts || sessions[i] != Sessions{}) {
      all.emplace_back(type, sessions[i]);
    }
  }
  return all;
}

Result<ReportDays> ReportDays::parse(std::string text) {
  Lines lines(text);
  if (lines.next() != k_report_days_first_line) {
    return fail("is no summary of reports, or of another version",
                "mta-sts reports import writes it, of the same version");
  }
  const std::string_view dated = lines.next().value_or("");
  const auto time =
      text::parse_time(dated.starts_with(k_report_days_time)
                           ? dated.substr(k_report_days_time.size())
                           : "");
  if (!time) return lines.refuse("has no time");
  if (lines.next() != format_columns()) {
    return lines.refuse("has other columns");
  }
  ReportDays days;
  days.made_ = *time;
  const std::string_view rows = lines.rest();
  std::string last;
  for (;;) {
    const auto line = lines.next();
    if (!line) return lines.refuse("is the last, and no end");
    if (line->starts_with(k_report_days_end)) {
      if (*line != fmt::format("{}{}", k_report_days_end, days.size_) ||
          !lines.rest().empty()) {
        return lines.refuse("is no end of what is there");
      }
      days.text_ =
          rows.substr(0, static_cast<std::size_t>(line->data() - rows.data()));
      return days;
    }
    std::optional<DomainDay> one = find_row(*line);
    if (!one) return lines.refuse("can't be understood");
    if (one->domain <= last) return lines.refuse("is out of order");
    last = std::move(one->domain);
    ++days.size_;
  }
}

std::optional<DomainDay> ReportDays::find(std::string_view domain) const {
  // Rows from `low` up to `high`, both being starts of rows or the end.
  std::size_t low = 0;
  std::size_t high = text_.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    // The start of the row that `middle` is in: behind the end before it.
    const std::size_t end_before =
        middle == low ? std::string::npos : text_.rfind('\n', middle - 1);
    const std::size_t start =
        end_before == std::string::npos ? low : std::max(low, end_before + 1);
    const std::size_t end = text_.find('\n', start);
    const std::string_view row =
        std::string_view(text_).substr(start, end - start);
    const int order = row.substr(0, row.find(' ')).compare(domain);
    if (order == 0) return find_row(row);
    if (order < 0) {
      low = end + 1;
    } else {
      high = start;
    }
  }
  return std::nullopt;
}

}  // namespace mtasts::tlsrpt
