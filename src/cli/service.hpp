// SPDX-License-Identifier: MIT
// What the commands that stay have in common: serve and collect.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "command_line.hpp"
#include "process/account.hpp"
#include "process/service_manager.hpp"
#include "process/signals.hpp"
#include "server/policy_host.hpp"
#include "snapshot/reload_thread.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::cli {

/// --log-format and --log-level.
struct LogOptions {
  std::string format = "text";
  std::string level = "info";

  void declare(Arguments& arguments);
  /// Before any thread starts.
  void apply() const;
};

/// Nothing, after saying why, when it can't be whom it has to be, or can't read
/// its files then. `config` is where they are told.
std::optional<process::Account> take_user(const snapshot::Snapshot& snapshot,
                                          const std::string& config);

/// Loading takes several times what is kept.
void trim_memory();

/// How many connections there were, and how they ended, as far as any did so.
void log_stop(const server::PolicyHost& host);

/// Until SIGTERM or SIGINT; SIGHUP reloads. `tell` says to `manager` how it is,
/// whenever that may have changed.
void supervise(snapshot::ReloadThread& reloading, process::Signals& signals,
               process::ServiceManager& manager,
               const std::function<void()>& tell);

}  // namespace mtasts::cli
