// SPDX-License-Identifier: MIT
// Notices that files have changed and are stable again. inotify, on the
// directories only, says when and where to look; the truth is what a look
// finds. Where inotify is blind (bind mounts, network file systems) looking
// now and then is enough.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>

#include "file_group.hpp"

namespace mtasts::server {

class Watch {
 public:
  using Clock = std::chrono::steady_clock;
  /// What differs from what was loaded last.
  using Look = std::function<FileChanges(const Scope&, FileVisitor*)>;

  /// Works without inotify too, which is then said in the log.
  explicit Watch(Look look);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Becomes readable when something may have changed; -1 without inotify, and
  /// just after a look, so that a busy directory does not keep us busy.
  int fd() const;

  /// How long to wait for fd() before calling find_settled() all the same.
  std::chrono::milliseconds wait_time() const;

  /// What has changed, when nobody is writing to it and it has not moved for a
  /// while: time to load it.
  std::optional<Scope> find_settled();

  /// True if what was loaded is still what is on the disk: one state and not
  /// half of two. If not, it starts over.
  bool is_unmoved(const Scope& scope);

  /// Loads everything as soon as nobody is writing, changed or not.
  void want_load() { wanted_ = true; }

  /// The last load may have brought in other directories.
  void look_everywhere();

 private:
  class Armer;
  struct Directory {
    std::string path;  // empty, or with a slash at its end
    bool is_direct;    // false: the files in it are known by other paths
  };

  FileChanges look();
  bool read_events();
  void take_event(std::uint32_t mask, const Directory& in,
                  const std::string& name);
  void arm_directory(const std::string& path);
  void arm_link(const std::string& path, int hops);
  void arm_way(const std::string& path, int hops);
  void add_watch(const std::string& path, bool is_direct);
  bool is_being_written(const FileChanges& changes);

  Look look_;
  int inotify_ = -1;
  bool limited_ = false;  // inotify refused a watch; said once
  /// Where to look next. Everywhere at first: files may have changed between
  /// their load and the watch.
  Scope scope_;
  std::optional<FileChanges> candidate_;
  Clock::time_point candidate_since_;
  std::chrono::milliseconds quiet_{0};  // how long it has to stay the same
  bool wanted_ = false;
  Clock::time_point next_poll_;
  Clock::time_point next_look_;
  Clock::duration poll_interval_;
  std::map<int, Directory> directories_;   // by watch descriptor
  std::unordered_set<std::size_t> armed_;  // hashes of what is watched
  std::set<std::string> links_;            // symbolic links on the way
  std::map<std::string, Clock::time_point> writing_;  // last write seen
};

}  // namespace mtasts::server
