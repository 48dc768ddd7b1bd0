// SPDX-License-Identifier: MIT
// What the program gives up once it has bound its sockets and read its files:
// everything but reading the same folders again and answering.
#pragma once

#include <string>

#include "config/config.hpp"
#include "server/snapshot_loader.hpp"

namespace mtasts::server {

struct Sandbox {
  std::string landlock;  // its version, "none", "off", or why it failed
  std::string seccomp;   // "on", "off", or why it failed
  std::string reason;    // why they are off
  bool has_failed = false;
};

/// Call it before any thread starts: the threads inherit what is left. What the
/// kernel has not, or refuses, is no reason not to serve.
Sandbox enter_sandbox(const config::Startup& startup,
                      const SnapshotLoader& loader);

void log_sandbox(const Sandbox& sandbox);

}  // namespace mtasts::server
