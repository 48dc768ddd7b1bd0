// SPDX-License-Identifier: MIT
// What the operations listener sees of the running server. All of it may be
// looked at from any thread, but for the file of reports.
#pragma once

#include <chrono>

#include "config/config.hpp"
#include "operations/readiness.hpp"
#include "operations/report_file.hpp"
#include "process/clock.hpp"
#include "server/fetch_log.hpp"
#include "server/policy_host.hpp"
#include "server/report_spool.hpp"
#include "snapshot/history.hpp"
#include "snapshot/reload_status.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::operations {

struct Observed {
  const server::PolicyHost& host;
  const snapshot::SnapshotHolder& snapshots;
  const snapshot::ReloadStatus& reloads;
  const snapshot::History& history;
  const server::FetchLog& fetches;
  Readiness& readiness;
  ReportFile& reports;
  const server::ReportSpool* spool = nullptr;  // of collect; else policies
  config::DomainMetrics domain_metrics;
  std::chrono::sys_seconds started;
  files::Clock clock = process::this_moment;
};

}  // namespace mtasts::operations
