// SPDX-License-Identifier: MIT
// Reloads on a thread of its own: a load may take as long as its files want it
// to, and nobody who stops the program has to wait for it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "files/descriptor.hpp"
#include "process/thread.hpp"
#include "snapshot/reload.hpp"

namespace mtasts::snapshot {

class ReloadThread {
 public:
  /// Called on the thread after a snapshot was replaced: the domains whose
  /// records have changed.
  using Publish = std::function<void(const std::vector<std::string>&)>;

  /// `reloader` belongs to the thread from start() on, and `holder` is what it
  /// replaces. Both, and what `publish` needs, have to outlive this.
  ReloadThread(Reloader& reloader, const SnapshotHolder& holder,
               Publish publish);
  /// Waits for a load that has begun; see stop().
  ~ReloadThread();
  ReloadThread(const ReloadThread&) = delete;
  ReloadThread& operator=(const ReloadThread&) = delete;

  /// Throws std::system_error when there can be no more threads. Returns when
  /// it has looked for the first time, or soon.
  void start();

  /// SIGHUP. From the thread that made this.
  void request();
  /// From request() until its load has been applied or rejected.
  bool is_requested() const { return answered_.load() != asked_.load(); }

  /// Readable when a look or a load has ended; clear() takes that back.
  int fd() const { return news_.fd(); }
  void clear();

  /// Begins no more loads. False when one has begun and is not over: then the
  /// process has to end without destructors, and leave it behind.
  bool stop();

 private:
  void run();

  Reloader& reloader_;
  const SnapshotHolder& holder_;
  Publish publish_;
  files::Descriptor wake_;  // eventfd(2): there is something to do
  files::Descriptor news_;  // eventfd(2): something was done
  std::atomic<std::uint64_t> asked_{0};
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> ended_{true};
  std::optional<process::Thread> thread_;  // ends before the rest does
};

}  // namespace mtasts::snapshot
