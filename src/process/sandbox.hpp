// SPDX-License-Identifier: MIT
// What the program gives up once it has bound its sockets and read its files:
// everything but reading the same folders again and answering.
#pragma once

#include <functional>
#include <string>

#include "process/landlock.hpp"

namespace mtasts::process {

struct Sandbox {
  std::string landlock;  // its version, "none", "off", or why it failed
  std::string seccomp;   // "on", "off", or why it failed
  std::string reason;    // why they are off
  bool has_failed = false;
};

/// Call it before any thread starts: the threads inherit what is left. What the
/// kernel has not, or refuses, is no reason not to serve. `find_allowed` is
/// asked only where the kernel has Landlock.
Sandbox enter_sandbox(const std::function<Allowed()>& find_allowed);

void log_sandbox(const Sandbox& sandbox);

}  // namespace mtasts::process
