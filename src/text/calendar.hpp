// SPDX-License-Identifier: MIT
// A calendar for people to import: iCalendar (RFC 5545). Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace mtasts::text {

struct CalendarEvent {
  /// The same whenever the same thing is meant: who imports the calendar again
  /// has the event once (RFC 5545, 3.8.4.7).
  std::string uid = {};
  std::chrono::sys_seconds at = {};
  std::string summary = {};      // one line
  std::string description = {};  // lines, or empty
};

/// With CRLF behind each line, folded at 75 octets. `events` are not empty.
/// `made` is when what they say was known (DTSTAMP).
std::string format_calendar(std::string_view product,
                            const std::vector<CalendarEvent>& events,
                            std::chrono::sys_seconds made);

}  // namespace mtasts::text
