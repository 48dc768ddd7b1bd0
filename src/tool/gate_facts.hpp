// SPDX-License-Identifier: MIT
// What the gate to mode enforce goes by, but for a look at the domain.
#pragma once

#include <chrono>
#include <string>

#include "config/config.hpp"
#include "publish/publication.hpp"
#include "reports/gate.hpp"
#include "reports/sqlite.hpp"
#include "result.hpp"

namespace mtasts::tool {

/// From the database, the configuration and its history; `publication` is the
/// policy of `domain`.
Result<reports::GateFacts> read_gate_facts(
    reports::Connection& connection, const config::Config& config,
    const publish::Publication& publication, const std::string& domain,
    std::chrono::sys_seconds now);

}  // namespace mtasts::tool
