// SPDX-License-Identifier: MIT
// The folder in which reports wait for `mta-sts reports import`, as maildir(5)
// has it: a file is written in tmp/ and appears whole in new/. What is in it is
// not looked at, but its name says how it came:
//
//   <seconds since 1970>.<16 hex digits>.<tenant>.json[.gz]
//   1795838400.4f2a9c1be0d37a65.alpha.json.gz
//
// with the time at which it began to come, chance, the name beside the token
// that it came by, and its media type, application/tlsrpt+json or +gzip, as the
// sender declared it. All of new/ came by HTTPS, from whoever knows a token.
//
// A file counts once it would survive a power cut: it is synced, renamed, and
// its folder is synced. That takes some milliseconds, more on a slow disk, and
// is done by a thread of its own for all that have come meanwhile.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files/descriptor.hpp"
#include "process/thread.hpp"
#include "result.hpp"
#include "server/responder.hpp"

namespace mtasts::server {

/// What is to be imported.
struct Waiting {
  std::uint64_t reports = 0;
  std::uint64_t octets = 0;  // with what the disk needs for each
};

class ReportSpool {
 public:
  /// `quota`: octets that may lie in it; what is imported makes room.
  ReportSpool(std::string folder, std::uint64_t quota);
  ~ReportSpool();
  ReportSpool(const ReportSpool&) = delete;
  ReportSpool& operator=(const ReportSpool&) = delete;

  /// Makes tmp/ and new/ in the folder, which has to be there, and removes what
  /// a crash has left in tmp/, as the user whose files they are to be. Fails
  /// when another process has it open.
  Result<void> open();

  /// `wake` is called, on a thread of its own, when there are outcomes. Throws
  /// std::system_error when there can be no more threads.
  void start(std::function<void()> wake);

  /// Stores what is finished, and wakes nobody any more.
  void stop();

  /// For a report that begins to come at `now`, as gzip or not. From any
  /// thread. Null when the quota is used up, or no file can be made.
  std::unique_ptr<Upload> begin(std::string_view tenant, bool is_gzip,
                                std::chrono::sys_seconds now);

  /// Counts what is there now: from any thread, and at times a slow disk's.
  Waiting count() const;

  std::uint64_t quota() const { return quota_; }

 private:
  class SpoolUpload;
  /// A whole report, and what came of it.
  struct Arrival {
    explicit Arrival(int fd) : file(fd) {}
    files::Descriptor file;
    std::string name;
    std::uint64_t octets = 0;
    std::atomic<int> status{0};  // 0: not known yet
  };
  using ArrivalPtr = std::shared_ptr<Arrival>;

  void run();
  void store(const std::vector<ArrivalPtr>& arrivals);
  bool has_room();
  void say_lack(std::string_view reason);
  std::string path_of(std::string_view part, const std::string& name) const;

  const std::string folder_;
  const std::uint64_t quota_;
  std::atomic<std::uint64_t> arriving_{0};  // octets in tmp/
  std::atomic<std::uint64_t> stored_{0};    // in new/, as far as we know
  std::optional<files::Descriptor> lock_;
  std::optional<files::Descriptor> new_;  // the folder, to be synced
  std::function<void()> wake_;
  std::atomic<std::int64_t> said_{INT64_MIN};  // seconds: the last complaint
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<ArrivalPtr> finished_;  // guarded by mutex_
  bool is_recount_wanted_ = false;    // likewise
  bool is_stopping_ = false;          // likewise
  std::optional<process::Thread> thread_;
};

}  // namespace mtasts::server
