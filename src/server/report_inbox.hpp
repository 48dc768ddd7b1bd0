// SPDX-License-Identifier: MIT
// The spool of reports that come by HTTPS (RFC 8460, 5.4), a folder with two
// others in it, as maildir(5) has them:
//
//   tmp/  what is still coming
//   new/  what has come whole, SECONDS.RANDOM.TENANT.json or ....json.gz: when
//         it came (Unix time), and whose token it had
//
// What lies in new/ has come to the disk. Whoever imports it removes it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "files/descriptor.hpp"
#include "result.hpp"

namespace mtasts::server {

/// Any number of threads may use it.
class ReportInbox {
 public:
  /// Makes the folders where they are missing, and removes what an earlier run
  /// has left in tmp/. `quota`: octets that both may hold.
  static Result<std::unique_ptr<ReportInbox>> open(const std::string& spool,
                                                   std::uint64_t quota);

  /// One report that is coming; gone without a trace unless it was stored.
  class Entry {
   public:
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    /// Fails when the quota or the disk is full.
    Result<void> write(std::string_view octets);
    /// Puts it into new/. When this returns, it survives a power cut.
    Result<void> store(std::chrono::sys_seconds now, std::string_view tenant,
                       std::string_view suffix);

    std::uint64_t octets() const { return octets_; }

   private:
    friend class ReportInbox;
    Entry(ReportInbox& inbox, std::string name, files::Descriptor file)
        : inbox_(inbox), name_(std::move(name)), file_(std::move(file)) {}

    ReportInbox& inbox_;
    std::string name_;  // in tmp/; empty once it is stored
    files::Descriptor file_;
    std::uint64_t octets_ = 0;
  };

  /// Fails when the quota or the disk is full.
  Result<std::unique_ptr<Entry>> begin();

 private:
  ReportInbox(files::Descriptor coming, files::Descriptor stored,
              std::uint64_t quota);

  bool reserve(std::uint64_t octets);
  void release(std::uint64_t octets);
  void measure();

  files::Descriptor coming_;  // tmp/
  files::Descriptor stored_;  // new/
  const std::uint64_t quota_;
  std::atomic<std::uint64_t> used_{0};
  std::mutex mutex_;
  std::chrono::steady_clock::time_point measured_;  // under mutex_
};

}  // namespace mtasts::server
