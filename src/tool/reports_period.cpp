// SPDX-License-Identifier: MIT
#include "tool/reports_period.hpp"

#include "text/parse_time.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::days;

constexpr std::uint32_t k_default_days = 14;
constexpr std::int32_t k_max_days = 3660;

}  // namespace

void declare(Arguments& arguments, PeriodOptions& options) {
  arguments.add_number("--days", options.days, k_max_days);
  arguments.add_option("--until", options.until);
}

Result<reports::Period> choose_period(const PeriodOptions& options,
                                      std::chrono::sys_seconds now) {
  std::chrono::sys_days end = std::chrono::floor<days>(now);
  if (options.until) {
    const auto last = text::parse_time(*options.until + "T00:00:00Z");
    if (!last) {
      return fail("--until: " + in_quotes(*options.until) + " is no day",
                  "as \"2026-11-27\"");
    }
    end = std::chrono::floor<days>(*last) + days(1);
  }
  const auto count = days(options.days.value_or(k_default_days));
  return reports::Period{.since = end - count, .until = end};
}

}  // namespace mtasts::tool
