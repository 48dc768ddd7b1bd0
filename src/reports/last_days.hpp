// SPDX-License-Identifier: MIT
// What the policy host is told of reports: each domain's last day, in a file
// that is replaced as a whole.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "reports/sqlite.hpp"
#include "result.hpp"
#include "tlsrpt/report_days.hpp"

namespace mtasts::reports {

/// Of each domain the last day, by the start of its reports, that has begun
/// before `now`. Reads one state of the database.
Result<std::vector<tlsrpt::DomainDay>> read_last_days(
    Connection& connection, std::chrono::sys_seconds now);

/// Writes them all into the file at `path`, whole or not at all.
Result<void> write_last_days(Connection& connection, const std::string& path,
                             std::chrono::sys_seconds now);

}  // namespace mtasts::reports
