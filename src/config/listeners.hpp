// SPDX-License-Identifier: MIT
// Where the program listens, and what that asks for.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// False when every listener leaves TLS to a proxy, and the certificates too.
bool needs_certificates(const config::Startup& startup);

/// The files of all unix sockets, those of operations with them.
std::vector<std::string> socket_files(const Startup& startup);

/// One finding if the folder of challenges is not there: the program can't look
/// for it once it serves. `path` is the configuration.
Diagnostics find_missing_challenges(const Startup& startup, Severity severity,
                                    const std::string& path);

/// Listeners without TLS are for a proxy that ends it, and for no one else: a
/// sender takes a policy by HTTPS alone (RFC 8461, 3.3). One finding for each
/// that others than this machine can reach. `path` is the configuration.
Diagnostics find_public_plain_http(const config::Startup& startup,
                                   Severity severity, const std::string& path);

}  // namespace mtasts::config
