// SPDX-License-Identifier: MIT
// Landlock (landlock(7)): what of the file system and the network is left to
// this thread, and to those that it starts from now on. For good.
#pragma once

#include <string>
#include <vector>

#include "process/profile.hpp"
#include "result.hpp"

namespace mtasts::process {

struct Allowed {
  std::vector<std::string> readable;  // files, or folders with all below them
  std::vector<std::string> removable_in;  // folders: files there, not contents
  std::vector<std::string> writable_in = {};  // folders, with all below them
};

/// The version of the kernel's Landlock; 0 when it has none. Fails when the
/// kernel has it and does not let us use it.
Result<int> find_landlock();

/// Files: `allowed` and no more; what is not there is left out. TCP: no bind
/// and no connect (version 4); no signals and no abstract sockets to the
/// outside (version 6). Needs PR_SET_NO_NEW_PRIVS. A client may connect.
Result<void> enter_landlock(int version, const Allowed& allowed,
                            Profile profile = Profile::server);

}  // namespace mtasts::process
