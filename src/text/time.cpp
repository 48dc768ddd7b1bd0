// SPDX-License-Identifier: MIT
#include "text/time.hpp"

#include <fmt/chrono.h>

namespace mtasts::text {
namespace {

/// From the count of seconds: a certificate may end in 9999, which is beyond
/// what the system's clock can say in its nanoseconds.
auto in_utc(std::chrono::sys_seconds time) {
  return fmt::gmtime(time.time_since_epoch().count());
}

}  // namespace

std::string format_time(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", in_utc(time));
}

std::string format_date(std::chrono::sys_days day) {
  return fmt::format("{:%Y-%m-%d}", in_utc(day));
}

std::string format_http_date(std::chrono::sys_seconds time) {
  // The C locale's names, which fmt uses, are those that RFC 9110 wants.
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", in_utc(time));
}

}  // namespace mtasts::text
