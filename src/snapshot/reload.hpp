// SPDX-License-Identifier: MIT
// Replaces the snapshot when the files have changed, and only by a good one:
// everything is read and checked first, and if anything is wrong with the
// policies, or with the certificates, the old ones keep serving.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "files/watch.hpp"
#include "snapshot/history.hpp"
#include "snapshot/reload_status.hpp"
#include "snapshot/snapshot.hpp"
#include "snapshot/snapshot_loader.hpp"

namespace mtasts::snapshot {

class Reloader {
 public:
  /// `first` is what `loader` loaded and `holder` serves; its diagnostics are
  /// logged. `status` is told how each load went, and `history` what is served.
  /// All have to outlive the reloader. `allowed` is as at the start.
  Reloader(SnapshotLoader& loader, SnapshotHolder& holder, ReloadStatus& status,
           History& history, const LoadedSnapshot& first, Allowances allowed,
           files::Clock clock);

  int fd() const { return watch_.fd(); }
  /// None before the first run().
  std::chrono::milliseconds wait_time() const;

  /// SIGHUP: load, changed or not, as soon as what changes has come to rest,
  /// and without what does not within seconds; say how it went.
  void request();
  /// From request() until its load has been applied or rejected.
  bool is_requested() const { return requested_; }

  /// Loads if there is reason to: a change, a request, or a day gone by, since
  /// certificates expire without any file changing. The first time it looks
  /// everywhere, which takes long with very many files, and from then on every
  /// edit is heard of; those since the load are found by their stamps. When the
  /// snapshot was replaced: the domains whose records have changed, to be
  /// published now that their policies are live (RFC 8461, 8.1).
  std::vector<std::string> run();

 private:
  void free_replaced();
  bool log_news(const LoadedSnapshot& loaded);
  void want_load();
  void say_what_waits();
  void say_applied(const Snapshot& newer, const LoadedSnapshot& loaded,
                   std::chrono::sys_seconds now, std::size_t changed,
                   std::size_t removed, bool is_news);
  void say_failed(const LoadedSnapshot& loaded, files::Moment now,
                  bool is_requested);
  std::vector<std::string> conclude(LoadedSnapshot loaded);
  bool say_restart_needed(const config::Startup& wanted);

  SnapshotLoader& loader_;
  SnapshotHolder& holder_;
  ReloadStatus& status_;
  History& history_;
  Allowances allowed_;
  config::Startup running_;  // what the program was started with
  config::Startup said_;     // what was last said to need a restart
  files::Clock clock_;
  files::Watch watch_;
  /// Until nobody else has them: the last reader would have to free them, and
  /// its clients to wait, which with 100,000 domains takes 60 ms.
  std::vector<std::shared_ptr<const Snapshot>> replaced_;
  std::size_t renewed_ = 0;  // domains, since memory was given back
  std::chrono::steady_clock::time_point next_check_;
  std::optional<std::chrono::steady_clock::time_point> next_retry_;
  std::set<std::string> said_pending_;  // all that waits
  bool requested_ = false;
  std::string last_failure_;  // logged once, not at every look
  std::unordered_set<std::size_t> said_findings_;  // hashes of their texts
};

/// One line for each of the first of `certificates`: its names and the days it
/// has left.
void log_certificates(const std::vector<tls::CertificatePtr>& certificates,
                      std::chrono::sys_seconds now);

}  // namespace mtasts::snapshot
