// SPDX-License-Identifier: MIT
#include "text/calendar.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstddef>

namespace mtasts::text {
namespace {

/// RFC 5545, 3.1: no line has more octets than this, without its end.
constexpr std::size_t k_max_octets = 75;

/// RFC 5545, 3.3.11.
std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || c == ';' || c == ',') escaped += '\\';
    // Other control characters are not allowed in it.
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) escaped += c;
  }
  return escaped;
}

/// Whether a line can go on in the next one in front of `line[at]`: not within
/// a character of UTF-8, nor behind the begin of an escape, since not everybody
/// joins lines first.
bool can_fold(std::string_view line, std::size_t at) {
  return (static_cast<unsigned char>(line[at]) & 0xC0U) != 0x80 &&
         line[at - 1] != '\\';
}

/// A line goes on in the next one behind a space.
std::string fold(std::string_view line) {
  std::string folded;
  std::size_t room = k_max_octets;
  while (line.size() > room) {
    std::size_t end = room;
    while (end > 1 && !can_fold(line, end)) --end;
    folded.append(line.substr(0, end)).append("\r\n ");
    line.remove_prefix(end);
    room = k_max_octets - 1;
  }
  return folded.append(line).append("\r\n");
}

/// RFC 5545, 3.3.5, in UTC.
std::string format_moment(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}",
                     fmt::gmtime(time.time_since_epoch().count()));
}

}  // namespace

std::string format_calendar(std::string_view product,
                            const std::vector<CalendarEvent>& events,
                            std::chrono::sys_seconds made) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view value) {
    text += fold(fmt::format("{}:{}", name, value));
  };
  add("BEGIN", "VCALENDAR");
  add("VERSION", "2.0");
  add("PRODID", product);
  add("METHOD", "PUBLISH");
  for (const CalendarEvent& one : events) {
    add("BEGIN", "VEVENT");
    add("UID", escape(one.uid));
    add("DTSTAMP", format_moment(made));
    add("DTSTART", format_moment(one.at));
    add("DURATION", "PT15M");
    add("SUMMARY", escape(one.summary));
    if (!one.description.empty()) add("DESCRIPTION", escape(one.description));
    // It takes nobody's time: it is a reminder.
    add("TRANSP", "TRANSPARENT");
    add("BEGIN", "VALARM");
    add("ACTION", "DISPLAY");
    add("TRIGGER", "PT0S");
    add("DESCRIPTION", escape(one.summary));
    add("END", "VALARM");
    add("END", "VEVENT");
  }
  add("END", "VCALENDAR");
  return text;
}

}  // namespace mtasts::text
