// SPDX-License-Identifier: MIT
// Replaces the snapshot when the files have changed, and only by a good one:
// everything is read and checked first, and if anything is wrong the old
// snapshot keeps serving.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/snapshot.hpp"
#include "server/watch.hpp"

namespace mtasts::server {

/// What to do with names such as example.com on a public listener.
enum class Placeholders { refused, allowed };

class Reloader {
 public:
  /// `holder` has what was loaded from `path`, with these inputs and these
  /// warnings, which are logged. It has to outlive the reloader.
  Reloader(std::string path, SnapshotHolder& holder, Inputs inputs,
           const Diagnostics& diagnostics, Placeholders placeholders);

  int fd() const { return watch_.fd(); }
  std::chrono::milliseconds wait_time() const { return watch_.wait_time(); }

  /// SIGHUP: load at once, changed or not, and say how it went.
  void request();

  /// Loads if there is reason to: a change, a request, or a day gone by, since
  /// certificates expire without any file changing. When the snapshot was
  /// replaced: the domains whose records have changed, to be published now that
  /// their policies are live (RFC 8461, 8.1).
  std::vector<std::string> run();

 private:
  bool log_news(const Diagnostics& diagnostics);
  void reject(const Diagnostics& diagnostics);
  std::vector<std::string> apply(LoadedSnapshot loaded);
  void find_refusals(LoadedSnapshot& loaded) const;
  bool say_restart_needed(const config::Startup& wanted);

  std::string path_;
  SnapshotHolder& holder_;
  Placeholders placeholders_;
  config::Startup running_;  // what the program was started with
  config::Startup said_;     // what was last said to need a restart
  Watch watch_;
  Watch::Clock::time_point next_check_;
  bool requested_ = false;
  std::string last_failure_;      // logged once, not at every look
  std::set<std::string> logged_;  // findings of the last load
};

/// One line for each certificate of `snapshot` that `older` (may be null) did
/// not have: its names and the days it has left.
void log_certificates(const Snapshot& snapshot, const Snapshot* older);

}  // namespace mtasts::server
