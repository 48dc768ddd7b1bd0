// SPDX-License-Identifier: MIT
// seccomp(2): which system calls are left to this thread, and to those that it
// starts from now on. For good.
#pragma once

#include "process/profile.hpp"
#include "result.hpp"

namespace mtasts::process {

/// Leaves what serving, reloading and stopping need. What would start another
/// program or reach into one ends this one; all else fails with ENOSYS, for
/// which libraries have another way. Sets PR_SET_NO_NEW_PRIVS. A client may
/// connect besides, and ask by UDP; a collector may write,
/// move and sync files; a reader may only use what it has open; a
/// keeper may write files and start readers.
Result<void> enter_seccomp(Profile profile = Profile::server);

}  // namespace mtasts::process
