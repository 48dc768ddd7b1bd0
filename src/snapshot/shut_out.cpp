// SPDX-License-Identifier: MIT
#include "snapshot/shut_out.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "process/signals.hpp"
#include "snapshot/snapshot_loader.hpp"

namespace mtasts::snapshot {

Diagnostics find_shut_out(const Snapshot& serving, const std::string& config,
                          const process::Account& account,
                          std::chrono::sys_seconds now, Severity severity) {
  const process::StopAtOnce
      stop_at_once;  // it takes as long as the load before
  const LoadedSnapshot again = SnapshotLoader(config).load({}, &serving, now);
  Diagnostics found;
  // What has an error for root too, such as a host without a certificate, is no
  // reason.
  if (again.is_whole()) return found;
  for (const Diagnostic& one : again.diagnostics) {
    if (one.severity != Severity::error) continue;
    found.push_back(
        {severity, "server.user-shut-out", one.place,
         fmt::format("as user {}: {}", in_quotes(account.name), one.message),
         fmt::format("it has to be able to read this, and the folders on the "
                     "way: chgrp {}, chmod 640 for files and 750 for folders",
                     account.gid)});
  }
  sort_diagnostics(found);
  return found;
}

Diagnostics check_user(const Snapshot& snapshot, const std::string& config,
                       std::chrono::sys_seconds now) {
  const std::string& name = snapshot.startup.user;
  if (name.empty()) return {};
  const Result<process::Account> account = process::find_account(name);
  if (!account) {
    return {{Severity::warning, "server.user-unknown", Place{config},
             account.error().message, account.error().hint}};
  }
  if (::geteuid() != 0 || account->uid == 0 || !process::become(*account))
    return {};
  return find_shut_out(snapshot, config, *account, now, Severity::warning);
}

}  // namespace mtasts::snapshot
