// SPDX-License-Identifier: MIT
// Everything behind the operations listener, ready to be started: an event loop
// of its own, in a thread of its own, so that no operator slows a sender down
// and no stranger an operator.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "net/listener.hpp"
#include "operations/own_names.hpp"
#include "operations/pages.hpp"
#include "operations/readiness.hpp"
#include "operations/report_file.hpp"
#include "process/thread.hpp"
#include "result.hpp"
#include "server/admission.hpp"
#include "server/event_loop.hpp"
#include "server/fetch_log.hpp"
#include "server/policy_host.hpp"
#include "server/report_spool.hpp"
#include "snapshot/history.hpp"
#include "snapshot/reload_status.hpp"

namespace mtasts::operations {

/// What it tells of, which has to outlive it.
struct Watched {
  const server::PolicyHost& host;
  const server::FetchLog& fetches;
  const snapshot::ReloadStatus& reloads;
  const snapshot::History& history;
  const server::ReportSpool* spool = nullptr;  // null: policies are served
};

class Operations {
 public:
  /// Binds the listener; null without `settings`.
  static Result<std::unique_ptr<Operations>> open(
      const std::optional<config::Operations>& settings,
      const Watched& watched);
  /// Accepts no more and finishes what is being answered.
  ~Operations();
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;

  /// Answers from now on. Throws std::system_error when there can be no more
  /// threads.
  void start();

  /// From now on it is not ready, since the server is being stopped.
  void set_stopping() { readiness_.set_stopping(); }

  /// The address as it was bound.
  const std::string& name() const { return listeners_.names().front(); }

 private:
  Operations(const config::Operations& settings, const Watched& watched,
             net::Listeners listeners);

  Readiness readiness_;
  ReportFile reports_;
  Pages pages_;
  OwnNames names_;
  net::Listeners listeners_;
  server::Admission admission_;
  server::EventLoop loop_;
  std::optional<process::Thread> thread_;  // ends before the rest does
};

}  // namespace mtasts::operations
