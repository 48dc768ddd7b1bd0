// SPDX-License-Identifier: MIT
// The ways in which a moment is written, all in UTC. Pure.
#pragma once

#include <chrono>
#include <string>

namespace mtasts::text {

/// ISO 8601, for people, logs and JSON: "2026-11-23T19:38:51Z".
std::string format_time(std::chrono::sys_seconds time);

/// The day alone: "2026-11-23".
std::string format_date(std::chrono::sys_days day);

/// RFC 9110, 5.6.7, for fields: "Sun, 06 Nov 1994 08:49:37 GMT", 29 octets.
std::string format_http_date(std::chrono::sys_seconds time);

}  // namespace mtasts::text
