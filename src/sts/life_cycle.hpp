// SPDX-License-Identifier: MIT
// Until when senders may hold what a domain has published (RFC 8461, 8.1 to
// 8.3), from its history. All times are those of the policy hosts' clocks; what
// is not sure counts as served longer, never shorter.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sts/history_line.hpp"
#include "sts/policy.hpp"

namespace mtasts::sts {

/// A policy, and when it was served.
struct Served {
  std::string id;
  Policy policy;
  std::chrono::sys_seconds first;
  std::chrono::sys_seconds last;  // it was, then; later, too, while is_open()
  std::size_t hosts = 0;          // that have begun and not ceased to
  /// It ceased while the clock was behind what it had been, so when is not
  /// known.
  bool is_end_unsure = false;

  bool is_open() const { return hosts > 0 || is_end_unsure; }
  /// When a sender can have fetched it last.
  std::chrono::sys_seconds served_until(std::chrono::sys_seconds now) const;
  /// When the last sender forgets it: max_age later.
  std::chrono::sys_seconds cached_until(std::chrono::sys_seconds now) const {
    return served_until(now) + policy.max_age();
  }
};

/// All that is known of one domain. Empty: nothing is, and it may have served
/// anything.
class Past {
 public:
  /// In the order of a file. A policy that several hosts serve is held until
  /// all have ceased to. A host that was killed has not said that it ceased: it
  /// counts as serving until it says so at its next start. Where times go back,
  /// a clock was set back: what ends then counts as served until a line whose
  /// time is right again.
  void add(const HistoryLine& line);

  /// In the order in which they came.
  const std::vector<Served>& served() const { return served_; }
  bool empty() const { return served_.empty(); }

  /// Until when senders may hold a policy that asks something of them, in mode
  /// testing or enforce; nothing when there never was one.
  std::optional<std::chrono::sys_seconds> cached_until(
      std::chrono::sys_seconds now) const;
  /// The same of mode enforce alone: until then mail may be refused for it.
  std::optional<std::chrono::sys_seconds> enforced_until(
      std::chrono::sys_seconds now) const;

 private:
  std::vector<Served> served_;
  /// That a line has had.
  std::chrono::sys_seconds latest_ = std::chrono::sys_seconds::min();
};

}  // namespace mtasts::sts
