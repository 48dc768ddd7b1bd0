// SPDX-License-Identifier: MIT
// What the commands of mta-sts give up before they see what strangers say: they
// write no file, start no program and accept no connection.
#pragma once

#include "process/sandbox.hpp"

namespace mtasts::tool {

/// Call it when all files to be written are open, and before any thread starts.
/// All may be read still: keys, roots and configurations are looked for again.
/// `is_wanted` is server.sandbox of the configuration.
process::Sandbox enter_sandbox(bool is_wanted);

/// The same for who needs no network, once the database is open.
process::Sandbox enter_offline_sandbox(bool is_wanted);

}  // namespace mtasts::tool
