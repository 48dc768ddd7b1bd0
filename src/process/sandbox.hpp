// SPDX-License-Identifier: MIT
// What the program gives up once it has bound its sockets and read its files:
// everything but reading the same folders again and answering.
#pragma once

#include <functional>
#include <string>

#include "process/landlock.hpp"
#include "process/profile.hpp"

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
Sandbox enter_sandbox(const std::function<Allowed()>& find_allowed,
                      Profile profile = Profile::server);

void log_sandbox(const Sandbox& sandbox);

/// A file or folder that permissions let us read, and the kernel does not: it
/// is outside of the sandbox. k_shut_out_hint is what to do.
bool is_shut_out(const std::string& path);
constexpr const char* k_shut_out_hint =
    "its permissions are good, but the sandbox was drawn at the start, without "
    "its folder: restart mta-stsd";

}  // namespace mtasts::process
