// SPDX-License-Identifier: MIT
// The time that a report is about (RFC 8460, 4.1: a day, by UTC). Pure.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "tlsrpt/anomaly.hpp"

namespace mtasts::tlsrpt {

/// What somebody says of it.
struct StatedRange {
  std::optional<std::chrono::sys_seconds> begin = {};
  std::optional<std::chrono::sys_seconds> end = {};
};

/// From the first second to the last.
struct DateRange {
  std::chrono::sys_seconds begin;
  std::chrono::sys_seconds end;

  friend bool operator==(const DateRange&, const DateRange&) = default;
};

/// A whole range, of the day before `received` if nothing is known. Midnight as
/// the end is that of the day before.
DateRange complete_range(StatedRange stated, std::chrono::sys_seconds received,
                         std::vector<Anomaly>& anomalies);

}  // namespace mtasts::tlsrpt
