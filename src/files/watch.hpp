// SPDX-License-Identifier: MIT
// Notices that files have changed and have come to rest. inotify, on the
// directories only, says when and where to look; the truth is what a look
// finds. Where inotify is blind (bind mounts, network file systems) looking
// now and then is enough.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "files/descriptor.hpp"
#include "files/file_group.hpp"
#include "files/pending_changes.hpp"

namespace mtasts::files {

class Watch {
 public:
  /// What differs from what was loaded last.
  using Look = std::function<FileChanges(const Scope&)>;

  /// Works without inotify too, which is then said in the log.
  Watch(Look look, Clock clock);

  /// Becomes readable when something may have changed; -1 without inotify, and
  /// just after a look, so that a busy directory does not keep us busy.
  int fd() const;

  /// How long to wait for fd() before calling find_settled() all the same.
  std::chrono::milliseconds wait_time() const;

  /// What has changed and has come to rest since: time to load it, and nothing
  /// else. See PendingChanges.
  std::optional<Scope> find_settled();

  /// True if what was loaded is still what is on the disk: one state and not
  /// half of two. If not, it has to rest again.
  bool is_unmoved(const Scope& scope);

  /// Has find_settled() tell of a load even if nothing has changed. What does
  /// not rest is left out of it all the same.
  void want_load();

  /// What changes and does not come to rest, by path.
  std::vector<PendingChange> overdue() const {
    return pending_.overdue(steady());
  }

  /// The last load may have brought in other directories.
  void look_everywhere();

 private:
  class Armer;
  struct Directory {
    text::Path path;
    int watch;       // descriptor
    bool is_direct;  // false: the files in it are known by other paths
  };

  using Time = std::chrono::steady_clock::time_point;
  using Inodes = std::set<std::pair<std::uint64_t, std::uint64_t>>;

  Time steady() const { return clock_().steady; }
  FileChanges look();
  bool update_pending(const FileChanges& found);
  void read_events();
  void take_events(std::string_view events);
  void take_event(std::uint32_t mask, const Directory& in,
                  const std::string& name);
  const Directory* find_directory(int watch) const;
  void arm_link(const std::string& path, int hops);
  void arm_way(const std::string& path, int hops);
  void add_watch(const text::Path& path, bool is_direct);
  void end_arming(const std::vector<Directory>& before);
  Inodes find_written();

  Look look_;
  Clock clock_;
  Descriptor inotify_;
  bool limited_ = false;  // inotify refused a watch; said once
  /// Where to look next. Everywhere at first: files may have changed between
  /// their load and the watch.
  bool looks_everywhere_ = true;
  Paths paths_;  // where to look if not everywhere
  PendingChanges pending_;
  std::optional<Time> wanted_;  // since when
  /// What events told of since the last look: these paths, or of all that is
  /// found at it, as a directory or a link was.
  Paths told_;
  bool is_told_of_all_ = false;
  Time next_poll_;
  Time next_look_;
  int looks_in_vain_ = 0;               // one soon after the other
  std::vector<Directory> directories_;  // by watch
  std::vector<std::size_t> links_;  // hashes of the paths of those on the way
  bool is_arming_anew_ = true;      // the next look everywhere watches all
  std::string way_;  // while arming: the last that is there, without links
  std::map<text::Path, Time> writing_;  // last write seen
};

}  // namespace mtasts::files
