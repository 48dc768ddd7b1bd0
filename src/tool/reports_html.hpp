// SPDX-License-Identifier: MIT
// The pages about reports, from the database and the configuration.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "reports/query.hpp"
#include "reports/sqlite.hpp"
#include "result.hpp"
#include "tool/reports_page.hpp"

namespace mtasts::tool {

Result<std::string> read_all_domains_page(reports::Connection& connection,
                                          const reports::Period& period,
                                          std::chrono::sys_seconds now);

/// What to do and whether the policy may be enforced is up to the caller, who
/// knows both: `facts` has it, and its domain; the rest is filled in.
Result<std::string> read_domain_page(reports::Connection& connection,
                                     const config::Config& config,
                                     DomainFacts facts);

}  // namespace mtasts::tool
