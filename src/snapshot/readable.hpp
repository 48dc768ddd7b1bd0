// SPDX-License-Identifier: MIT
// Which folders a running program has to be able to read: those that the
// configuration names, and those that its files will be found in tomorrow.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "process/landlock.hpp"
#include "snapshot/snapshot_loader.hpp"

namespace mtasts::snapshot {

/// Absolute paths without symbolic links, none below another: of what `loader`
/// has loaded,
/// - the folder of each file, and each folder that is searched;
/// - where a symbolic link leads, and the folder beside which a link will lead
///   tomorrow: certbot's archive/, a release next to the one before;
/// - the folder above each of them, so that a folder can be replaced as a whole
///   by renaming, unless others share it: /, /etc, /home/mail, /var/lib.
std::vector<std::string> find_readable(const SnapshotLoader& loader);

/// All that serving needs of the file system: these, the folder of challenges,
/// that of the summary of reports, and the folders of unix sockets, whose files
/// are removed in the end.
process::Allowed find_allowed(const config::Startup& startup,
                              const SnapshotLoader& loader);

}  // namespace mtasts::snapshot
