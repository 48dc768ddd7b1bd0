// SPDX-License-Identifier: MIT
// The running server, as the commands that ask it see it.
#pragma once

#include <optional>
#include <string>

#include "http/client.hpp"

namespace mtasts::cli {

/// What the operations listener that the configuration names says to GET
/// `path`; nothing after an error, which is printed.
std::optional<http::Reply> ask_server(const std::string& config,
                                      const std::string& path,
                                      const std::string& accept);

}  // namespace mtasts::cli
