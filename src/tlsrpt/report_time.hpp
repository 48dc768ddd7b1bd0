// SPDX-License-Identifier: MIT
// The times of a report, in the forms that senders have for them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mtasts::tlsrpt {

struct ReportTime {
  std::chrono::sys_seconds time;
  bool has_zone = true;
  bool is_exact = true;  // it is as RFC 3339 has it, but for the zone

  friend bool operator==(const ReportTime&, const ReportTime&) = default;
};

/// RFC 3339: "2026-11-23T00:00:00Z", with any offset; also without a zone, with
/// a space, a fraction, a date alone; or the seconds since 1970.
std::optional<ReportTime> find_report_time(std::string_view text);

/// Seconds since 1970, or milliseconds; nothing for what is no year of e-mail.
std::optional<std::chrono::sys_seconds> find_epoch_time(std::int64_t count);

}  // namespace mtasts::tlsrpt
