// SPDX-License-Identifier: MIT
// How the reloads went, for those who ask while the program runs. Written by
// the thread that reloads, read by any.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "diagnostic.hpp"
#include "files/pending_changes.hpp"

namespace mtasts::snapshot {

struct ReloadEvent {
  std::chrono::sys_seconds time;
  bool applied;
  std::size_t changed = 0;  // domains whose records changed
  std::size_t removed = 0;  // domains that are no longer served
  std::string fault;        // the first one of a failed reload
};

struct ReloadView {
  std::uint64_t applied = 0;
  std::uint64_t failed = 0;
  std::chrono::sys_seconds last;       // the first load counts too
  std::chrono::sys_seconds last_good;  // likewise
  Diagnostics faults;                  // of the last one, if it failed
  std::vector<ReloadEvent> history;    // the newest first
  /// Files that do not come to rest: the first of them, and how many.
  std::vector<files::PendingChange> pending = {};
  std::size_t pending_count = 0;
};

class ReloadStatus {
 public:
  /// `now` is when the first load ended well.
  explicit ReloadStatus(std::chrono::sys_seconds now);

  /// `is_whole`: nothing was refused beside it.
  void note_applied(std::chrono::sys_seconds now, std::size_t changed,
                    std::size_t removed, bool is_news, bool is_whole = true);
  void note_failed(std::chrono::sys_seconds now, const Diagnostics& diagnostics,
                   bool is_news);

  void note_pending(std::vector<files::PendingChange> pending);

  ReloadView view() const;

 private:
  void remember(ReloadEvent event);

  mutable std::mutex mutex_;
  ReloadView view_;  // all under mutex_; its history stays empty
  std::deque<ReloadEvent> history_;
};

}  // namespace mtasts::snapshot
