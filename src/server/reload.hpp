// SPDX-License-Identifier: MIT
// Replaces the snapshot when the files have changed, and only by a good one:
// everything is read and checked first, and if anything is wrong the old
// snapshot keeps serving.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include "server/reload_status.hpp"
#include "server/snapshot.hpp"
#include "server/snapshot_loader.hpp"
#include "server/watch.hpp"

namespace mtasts::server {

/// What to do with names such as example.com on a public listener.
enum class Placeholders { refused, allowed };

class Reloader {
 public:
  /// `first` is what `loader` loaded and `holder` serves; its diagnostics are
  /// logged. `status` is told how each load went. All have to outlive the
  /// reloader.
  Reloader(SnapshotLoader& loader, SnapshotHolder& holder, ReloadStatus& status,
           const LoadedSnapshot& first, Placeholders placeholders);

  int fd() const { return watch_.fd(); }
  std::chrono::milliseconds wait_time() const { return watch_.wait_time(); }

  /// SIGHUP: load at once, changed or not, and say how it went.
  void request();
  /// From request() until its load has been applied or rejected.
  bool is_requested() const { return requested_; }

  /// Loads if there is reason to: a change, a request, or a day gone by, since
  /// certificates expire without any file changing. When the snapshot was
  /// replaced: the domains whose records have changed, to be published now that
  /// their policies are live (RFC 8461, 8.1).
  std::vector<std::string> run();

 private:
  bool log_news(const LoadedSnapshot& loaded);
  void reject(const LoadedSnapshot& loaded);
  std::vector<std::string> apply(LoadedSnapshot loaded);
  void find_refusals(LoadedSnapshot& loaded) const;
  bool say_restart_needed(const config::Startup& wanted);

  SnapshotLoader& loader_;
  SnapshotHolder& holder_;
  ReloadStatus& status_;
  Placeholders placeholders_;
  config::Startup running_;  // what the program was started with
  config::Startup said_;     // what was last said to need a restart
  Watch watch_;
  Watch::Clock::time_point next_check_;
  bool requested_ = false;
  std::string last_failure_;  // logged once, not at every look
  std::unordered_set<std::size_t> said_findings_;  // hashes of their texts
};

/// One line for each of the first of `certificates`: its names and the days it
/// has left.
void log_certificates(const std::vector<tls::CertificatePtr>& certificates);

}  // namespace mtasts::server
