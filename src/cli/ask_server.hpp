// SPDX-License-Identifier: MIT
// The running server, as the commands that ask it see it.
#pragma once

#include <string>

#include "command_line.hpp"
#include "config/config.hpp"

namespace mtasts::cli {

/// Prints what the operations listener that the configuration names for
/// `service` says to GET `path`, or why it says nothing. Good if its status is
/// 200.
Exit ask_server(const std::string& config, const std::string& path,
                const std::string& accept,
                config::Service service = config::Service::serve);

}  // namespace mtasts::cli
