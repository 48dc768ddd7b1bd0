// SPDX-License-Identifier: MIT
// What was served before, as far as it matters still: from the file of the
// history, if there is one, and from what this process has served. Told by one
// thread at a time, which may wait for the disk, and asked by any, which do
// not.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "files/pending_changes.hpp"
#include "snapshot/history_file.hpp"
#include "snapshot/record.hpp"
#include "sts/history_line.hpp"
#include "sts/policy.hpp"

namespace mtasts::snapshot {

/// Until when senders may hold policies of one domain: in mode testing or
/// enforce, and in mode enforce alone. Nothing: nobody does.
struct Held {
  std::optional<std::chrono::sys_seconds> cached = {};
  std::optional<std::chrono::sys_seconds> enforced = {};
};

class History {
 public:
  explicit History(files::Clock clock) : clock_(std::move(clock)) {}

  /// Reads the file at `path` and keeps it open; nothing when that is empty.
  /// Faults are warnings: what is served does not hang on it.
  Diagnostics open(const std::string& path);

  /// What the guard says of the first snapshot, for which `config` is to blame.
  /// With errors it is not served, and nothing else.
  Diagnostics judge_first(const config::Live& first, const std::string& config);
  /// And of `newer` in the place of `older`, which differ in `domains`.
  Diagnostics judge(const config::Live& older, const config::Live& newer,
                    const std::vector<std::string>& domains) const;

  /// `first` is going to be served.
  void begin(const config::Live& first);
  /// `newer` is going to be served in the place of `older`, and is served.
  /// Whenever the program is killed, the file has what was served, and as if it
  /// had been served longer rather than shorter.
  void announce(const config::Live& older, const config::Live& newer,
                const std::vector<std::string>& domains);
  void replace(const config::Live& older, const config::Live& newer,
               const std::vector<std::string>& domains);
  /// The program ends in order, and with it what it serves. Of very many
  /// domains nothing is written: that has to be read at the next start.
  void end(const config::Live& last);
  /// To be called now and then: writes what could not be written.
  void retry();

  /// Of a domain with the policy that is served.
  Held held(const std::string& domain,
            const publish::Publication& served) const;

  enum class State { none, good, incomplete };
  /// Of the file.
  State state() const;

 private:
  std::chrono::sys_seconds now() const;       // with the mutex
  std::chrono::sys_seconds safe_now() const;  // without
  Held held_before(const std::string& domain) const;
  void note_known(std::string_view domain);
  void add_line(std::string& lines, std::chrono::sys_seconds time,
                sts::HistoryLine::Event event, std::string_view domain,
                std::string_view id, const sts::Policy& policy);
  void write(const std::string& lines);
  void note(const Result<void>& written);
  void forget_covered(const std::string& domain, Held before,
                      const publish::Publication* served,
                      std::chrono::sys_seconds now);

  files::Clock clock_;
  std::string path_;  // empty: there is no file
  // Of the thread that tells.
  std::optional<HistoryFile> file_;
  std::chrono::steady_clock::time_point next_try_;
  Record record_;  // until something is served

  mutable std::mutex mutex_;  // of all below, and never while a file is written
  mutable std::optional<files::Moment> latest_;
  mutable std::optional<files::Moment> before_jump_;
  std::string fault_;  // of the file, as it was said
  /// Only where it goes beyond what senders get now.
  std::map<std::string, Held, std::less<>> before_;
  std::unordered_set<std::size_t> known_;  // hashes of domains ever served
};

}  // namespace mtasts::snapshot
