// SPDX-License-Identifier: MIT
// publish as a service: waits for edits, for their bodies to be live, and then
// publishes.
#pragma once

#include <string>

#include "command_line.hpp"
#include "tool/publish_run.hpp"

namespace mtasts::tool {

/// Until SIGTERM or SIGINT; SIGHUP has all be compared again. Logs as
/// `mta-stsd serve` does.
Exit watch_and_publish(const std::string& config,
                       const PublishSettings& settings);

}  // namespace mtasts::tool
