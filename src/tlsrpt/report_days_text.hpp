// SPDX-License-Identifier: MIT
// Writes what ReportDays reads. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tlsrpt/report_days.hpp"

namespace mtasts::tlsrpt {

/// The text of all of `days`, in any order, each domain once at most; `now` is
/// when it is made. Names that can be no domain's are left out.
std::string format_report_days(std::vector<DomainDay> days,
                               std::chrono::sys_seconds now);

}  // namespace mtasts::tlsrpt
