// SPDX-License-Identifier: MIT
// What the user that the program will run as can't read, though root can.
#pragma once

#include <chrono>
#include <string>

#include "diagnostic.hpp"
#include "process/account.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::snapshot {

/// Loads `config` once more: what of it the user of now can't read, and of
/// which every reload would fail. `serving` is what could be read before.
Diagnostics find_shut_out(const Snapshot& serving, const std::string& config,
                          const process::Account& account,
                          std::chrono::sys_seconds now, Severity severity);

/// For a whole check, as which root becomes that user: warnings.
Diagnostics check_user(const Snapshot& snapshot, const std::string& config,
                       std::chrono::sys_seconds now);

}  // namespace mtasts::snapshot
