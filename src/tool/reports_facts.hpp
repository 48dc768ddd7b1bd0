// SPDX-License-Identifier: MIT
// What the summary has to say, from the database and the configuration.
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

/// But for their days, which the page alone has.
Result<AllDomainsFacts> read_all_domains(reports::Connection& connection,
                                         const reports::Period& period,
                                         std::chrono::sys_seconds now);

/// Of `domain`, in lower case, with what its ids mean and what to do.
Result<DomainFacts> read_domain(reports::Connection& connection,
                                const config::Config& config,
                                std::string_view domain,
                                const reports::Period& period,
                                std::chrono::sys_seconds now);

}  // namespace mtasts::tool
