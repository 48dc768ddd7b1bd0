// SPDX-License-Identifier: MIT
// The running server, as the commands that ask it see it.
#pragma once

#include <string>

#include "command_line.hpp"

namespace mtasts::cli {

/// Prints what the operations listener that the configuration names says to GET
/// `path`, or why it says nothing. Good if its status is 200.
Exit ask_server(const std::string& config, const std::string& path,
                const std::string& accept);

}  // namespace mtasts::cli
