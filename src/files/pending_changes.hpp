// SPDX-License-Identifier: MIT
// Changes of files that wait until their files have come to rest. The one rule
// for every load, whatever asked for it: a file is read when nobody is writing
// to it and it has been the same for a while, and what moves waits alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "files/file_group.hpp"

namespace mtasts::files {

/// One moment by both clocks: the steady one tells how long something took,
/// even if somebody sets the other meanwhile; the wall's tells people when.
struct Moment {
  std::chrono::steady_clock::time_point steady;
  std::chrono::sys_seconds wall;
};
/// Tells what time it is; in a test, what the test says.
using Clock = std::function<Moment()>;

/// A change that is not taken: its file does not rest.
struct PendingChange {
  std::string file;
  std::chrono::sys_seconds since;
};

class PendingChanges {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Predicate = std::function<bool(const text::Path&, const FileStamp&)>;

  /// `found` is all that differs from what was read. `is_told`: an event was
  /// about this file, so the next one would be heard. `is_written`: somebody
  /// has it open and has written to it. True if some of it is new.
  bool update(const FileChanges& found, Moment now, const Predicate& is_told,
              const Predicate& is_written);

  /// `moved` changed while it was read: each rests anew, as if nobody had told
  /// of it.
  void restart(const FileChanges& moved, Moment now);

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  Paths paths() const;

  /// True when there is something to load, or a load is wanted (since when),
  /// and nothing is moving that will soon be done: several files are often
  /// changed together.
  bool is_ripe(Time now, std::optional<Time> wanted) const;

  /// Takes out what has rested.
  FileChanges take(Time now);

  /// What has moved for too long to be waited for, by path.
  std::vector<PendingChange> overdue(Time now) const;

  /// True when all that is left is overdue: no reason to look often.
  bool is_all_overdue(Time now) const;

 private:
  struct Entry {
    text::Path path;
    FileStamp stamp;
    Time first;
    Time moved;  // last
    std::chrono::sys_seconds since;
    std::chrono::milliseconds quiet;  // how long it has to stay the same
    bool is_written = false;
    std::optional<Time> at_rest = {};  // since this look

    bool has_rested(Time now) const {
      return !is_written && now - moved >= quiet;
    }
    bool is_overdue(Time now) const;
    bool is_soon_done(Time now) const;
    /// It may be taken: while others move, only when what was first seen one
    /// look later could have come to rest, too. A key and its chain change one
    /// after the other, and a look at very many files takes seconds.
    bool is_ready(Time now, bool others_move) const;
  };

  bool is_moving(Time now) const;

  std::vector<Entry> entries_;  // by path
};

}  // namespace mtasts::files
