// SPDX-License-Identifier: MIT
#include "tlsrpt/date_range.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mtasts::tlsrpt {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr const char* k_place = "date-range";
constexpr seconds k_second{1};
/// A day, with what clocks and leap seconds do to it.
constexpr seconds k_longest = std::chrono::hours{25};

/// Reports came up in 2018.
constexpr sys_seconds k_first =
    std::chrono::sys_days{std::chrono::year{2000} / 1 / 2};
constexpr sys_seconds k_last =
    std::chrono::sys_days{std::chrono::year{2100} / 1 / 1};

/// The last second of the day that `begin` begins.
sys_seconds end_of_day(sys_seconds begin) { return begin + days{1} - k_second; }

}  // namespace

DateRange complete_range(StatedRange stated, sys_seconds received,
                         std::vector<Anomaly>& anomalies) {
  // A mail may say that it is of any year.
  received = std::clamp(received, k_first, k_last);
  const sys_seconds inside =
      stated.end ? *stated.end - k_second : received - days{1};
  DateRange range{stated.begin.value_or(floor<days>(inside)), {}};
  range.end = stated.end.value_or(end_of_day(range.begin));
  if (range.end <= range.begin) {
    note_anomaly(anomalies, AnomalyKind::bad_value, k_place,
                 "it does not end after it begins");
    range.end = end_of_day(range.begin);
  } else if (range.end == floor<days>(range.end)) {
    note_anomaly(anomalies, AnomalyKind::end_at_midnight, k_place);
    range.end -= k_second;
  }
  if (range.end - range.begin > k_longest) {
    const auto hours =
        std::chrono::ceil<std::chrono::hours>(range.end - range.begin);
    note_anomaly(anomalies, AnomalyKind::long_range, k_place,
                 fmt::format("{} hours", hours.count()));
  }
  return range;
}

}  // namespace mtasts::tlsrpt
