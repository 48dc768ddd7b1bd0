// SPDX-License-Identifier: MIT
#include "tlsrpt/report_days_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "text/time.hpp"

namespace mtasts::tlsrpt {

std::string format_report_days(std::vector<DomainDay> days,
                               std::chrono::sys_seconds now) {
  std::erase_if(days,
                [](const DomainDay& one) { return !is_domain(one.domain); });
  std::ranges::sort(days, {}, &DomainDay::domain);
  std::string text =
      fmt::format("{}\n{}{}\n{}\n", k_report_days_first_line,
                  k_report_days_time, text::format_time(now), format_columns());
  const auto out = std::back_inserter(text);
  for (const DomainDay& one : days) {
    fmt::format_to(out, "{} {} {} {} {}", one.domain,
                   text::format_date(one.day), one.reports, one.unverified,
                   one.organizations);
    for (const Sessions& sessions : one.sessions) {
      fmt::format_to(out, " {} {}", sessions.successful, sessions.failed);
    }
    text += '\n';
  }
  fmt::format_to(out, "{}{}\n", k_report_days_end, days.size());
  return text;
}

}  // namespace mtasts::tlsrpt
