// SPDX-License-Identifier: MIT
// mta-stsd as `serve` puts it together, without its sockets, threads and
// sandbox, for a scenario to drive.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "capture.hpp"
#include "operations/pages.hpp"
#include "operations/readiness.hpp"
#include "operations/report_file.hpp"
#include "sender.hpp"
#include "server/fetch_log.hpp"
#include "server/policy_host.hpp"
#include "server/policy_responder.hpp"
#include "snapshot/history.hpp"
#include "snapshot/reload.hpp"
#include "snapshot/reload_status.hpp"
#include "snapshot/snapshot_loader.hpp"
#include "tls/context.hpp"
#include "world_time.hpp"

namespace mtasts::scenario {

class Program {
 public:
  /// Null, after saying why on standard error, when there is nothing to serve.
  /// Both have to outlive it.
  static std::unique_ptr<Program> start(WorldTime& time, Capture& capture);

  /// In order, as SIGTERM ends it.
  void stop() { history_->end(host_->snapshots().get()->live); }

  /// Lets time go by, and does in it what there is to do.
  void pass(std::chrono::milliseconds time);
  /// SIGHUP, until it is answered.
  void reload();

  std::string fetch(const Sender& sender, const std::string& host);
  /// Status and body of a page of the operations listener.
  std::string ask(std::string_view path, std::string_view accept);
  /// The series of that name; empty when there is none.
  std::string metric(std::string_view name);

 private:
  Program(WorldTime& time, Capture& capture,
          std::unique_ptr<snapshot::SnapshotLoader> loader,
          std::unique_ptr<snapshot::History> history,
          const snapshot::LoadedSnapshot& first,
          std::unique_ptr<server::PolicyHost> host);

  void run();
  std::chrono::steady_clock::duration wait_time() const;

  WorldTime& time_;
  Capture& capture_;
  std::chrono::steady_clock::time_point started_;
  std::unique_ptr<snapshot::SnapshotLoader> loader_;
  std::unique_ptr<snapshot::History> history_;
  server::FetchLog fetches_;
  std::unique_ptr<server::PolicyHost> host_;
  snapshot::ReloadStatus reloads_;
  operations::Readiness readiness_;
  operations::ReportFile reports_;
  operations::Pages pages_;
  snapshot::Reloader reloader_;
  server::Counters counters_;
  server::PolicyResponder responder_;
  tls::ContextPtr context_;
};

}  // namespace mtasts::scenario
