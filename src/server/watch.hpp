// SPDX-License-Identifier: MIT
// Notices that files have changed and are stable again. inotify, on the
// directories only, says when to look; the truth is what a look finds: which
// files there are and what their stamps say. Where inotify is blind (bind
// mounts, network file systems) looking now and then is enough.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "file.hpp"

namespace mtasts::server {

class Watch {
 public:
  using Clock = std::chrono::steady_clock;

  /// Works without inotify too, which is then said in the log.
  Watch();
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Watches `inputs` from now on and takes their state as known. Call it
  /// after each load, good or bad. When they are not the inputs of before,
  /// they may have changed between load and watch: has_settled() will then
  /// ask for one more load.
  void follow(Inputs inputs);

  /// Becomes readable when something may have changed; -1 without inotify, and
  /// just after a look, so that a busy directory does not keep us busy.
  int fd() const;

  /// How long to wait for fd() before calling has_settled() all the same.
  std::chrono::milliseconds wait_time() const;

  /// True when the inputs differ from the known state, nobody is writing to
  /// them, and they have not moved for a while: time to load them.
  bool has_settled();

  /// True if the inputs are still as has_settled() found them: what was read
  /// since is one state and not half of two. If not, it starts over.
  bool is_unmoved();

  /// Loads as soon as nobody is writing, changed or not.
  void want_load() { wanted_ = true; }

 private:
  using Look = std::map<std::string, FileStamp>;

  Look look() const;
  bool read_events();
  void arm();
  void arm_path(const std::string& path, int hops);
  void arm_glob(const std::string& pattern);
  void arm_directory(const std::string& directory);
  bool is_being_written(const Look& look);

  int inotify_ = -1;
  bool limited_ = false;  // inotify refused a watch; said once
  Inputs inputs_;
  Look known_;
  std::optional<Look> candidate_;
  Clock::time_point candidate_since_;
  std::chrono::milliseconds quiet_{0};  // how long it has to stay the same
  bool wanted_ = false;                 // load at once
  bool due_ = false;  // load once they rest, also if nothing differs
  Clock::time_point next_poll_;
  Clock::time_point next_look_;
  std::map<int, std::string> directories_;            // by watch descriptor
  std::map<std::string, Clock::time_point> writing_;  // last write seen
};

}  // namespace mtasts::server
