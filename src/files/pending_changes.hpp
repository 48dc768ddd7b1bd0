// SPDX-License-Identifier: MIT
// Changes of files that wait until their files have come to rest. The one rule
// for every load, whatever asked for it: a file is read when nobody is writing
// to it and it has been the same for a while, and what moves waits alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "files/file_group.hpp"

namespace mtasts::files {

/// A change that is not taken: its file does not rest.
struct PendingChange {
  std::string file;
  std::chrono::sys_seconds since;
};

class PendingChanges {
 public:
  using Clock = std::chrono::steady_clock;
  using Predicate = std::function<bool(const std::string&, const FileStamp&)>;

  /// `found` is all that differs from what was read. `is_told`: an event was
  /// about this file, so the next one would be heard. `is_written`: somebody
  /// has it open and has written to it.
  void update(const FileChanges& found, Clock::time_point now,
              const Predicate& is_told, const Predicate& is_written);

  /// `moved` changed while it was read: each rests anew, as if nobody had told
  /// of it.
  void restart(const FileChanges& moved, Clock::time_point now);

  bool empty() const { return entries_.empty(); }
  bool has(const std::string& path) const { return entries_.contains(path); }
  std::vector<std::string> paths() const;

  /// True when there is something to load, or a load is wanted (since when),
  /// and nothing is moving that will soon be done: several files are often
  /// changed together.
  bool is_ripe(Clock::time_point now,
               std::optional<Clock::time_point> wanted) const;

  /// Takes out what has rested.
  FileChanges take(Clock::time_point now);

  /// What has moved for too long to be waited for, by path.
  std::vector<PendingChange> overdue(Clock::time_point now) const;

  /// True when all that is left is overdue: no reason to look often.
  bool is_all_overdue(Clock::time_point now) const;

 private:
  struct Entry {
    FileStamp stamp;
    Clock::time_point first;
    Clock::time_point moved;  // last
    std::chrono::sys_seconds since;
    std::chrono::milliseconds quiet;  // how long it has to stay the same
    bool is_written = false;

    bool has_rested(Clock::time_point now) const {
      return !is_written && now - moved >= quiet;
    }
  };

  std::map<std::string, Entry> entries_;
};

}  // namespace mtasts::files
