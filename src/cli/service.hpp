// SPDX-License-Identifier: MIT
// What the commands that stay have in common: serve and collect.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "log.hpp"
#include "operations/operations.hpp"
#include "process/account.hpp"
#include "process/sandbox.hpp"
#include "process/service_manager.hpp"
#include "process/signals.hpp"
#include "result.hpp"
#include "server/policy_host.hpp"
#include "snapshot/reload_thread.hpp"
#include "snapshot/snapshot.hpp"
#include "snapshot/snapshot_loader.hpp"
#include "tls/certificate.hpp"

namespace mtasts::cli {

/// --log-format and --log-level.
struct LogOptions {
  std::string format = "text";
  std::string level = "info";

  void declare(Arguments& arguments);
  /// Before any thread starts.
  void apply() const;
};

/// It can take minutes: it says how far it is, and SIGTERM ends it.
snapshot::LoadedSnapshot load_first(snapshot::SnapshotLoader& loader,
                                    process::ServiceManager& manager);

/// Nothing, after saying why, when it can't be whom it has to be, or can't read
/// its files then. `config` is where they are told.
std::optional<process::Account> take_user(const snapshot::Snapshot& snapshot,
                                          const std::string& config);

/// That of the service, if it is wanted; `loader` knows what it has to read.
process::Sandbox enter_sandbox(const config::Startup& startup,
                               snapshot::SnapshotLoader& loader);

/// By `start`, which may throw std::system_error. Fails also when too little is
/// left for `host` to serve.
Result<void> start_threads(const server::PolicyHost& host,
                           const std::function<void()>& start);

/// Who serves, with which new `certificates`, and last of all where; `what`
/// says how much there is of it. `operations`: null if there are none.
void log_start(const server::PolicyHost& host, const log::Field& what,
               const process::Account& user, const process::Sandbox& sandbox,
               const std::vector<tls::CertificatePtr>& certificates,
               const operations::Operations* operations);

/// Gives back what the load has used, and the first look; both take several
/// times what is kept. Until SIGTERM or SIGINT; SIGHUP reloads. `tell` says to
/// `manager` how it is, whenever that may have changed.
void supervise(snapshot::ReloadThread& reloading, process::Signals& signals,
               process::ServiceManager& manager,
               const std::function<void()>& tell);

/// Finishes what has begun with clients, and says how it went. Then comes
/// `finish`, which is told whether the disk answers.
Exit stop(server::PolicyHost& host, operations::Operations* operations,
          snapshot::ReloadThread& reloading, process::ServiceManager& manager,
          const std::function<void(bool is_idle)>& finish);

}  // namespace mtasts::cli
