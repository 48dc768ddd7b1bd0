// SPDX-License-Identifier: MIT
// Whether the policy host does all that it is there for, and if not, why. Asked
// at any moment: certificates expire without an event.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "process/clock.hpp"
#include "snapshot/reload_status.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::operations {

/// One cause of not being ready. The ids are stable: those of the diagnostics
/// of certificates, "reload.failed" and "stopping".
struct Reason {
  std::string id;
  std::string text;  // one line
};

/// All ids that a reason can have.
constexpr std::array<std::string_view, 6> k_reason_ids = {
    "certificate.expired",
    "certificate.key-unusable",
    "certificate.name-not-covered",
    "certificate.not-yet-valid",
    "reload.failed",
    "stopping"};

/// All reasons counted, the first hundred of them in full: one renewal that
/// fails may concern 100,000 hosts.
struct Reasons {
  std::vector<Reason> shown;
  std::array<std::size_t, k_reason_ids.size()> counts{};

  void add(Reason reason);
  std::size_t total() const;
  bool empty() const { return shown.empty(); }
};

/// Of the certificates that clients of one host get, or of many, the first of
/// each.
struct Dates {
  std::chrono::sys_seconds expiry = {};
  std::chrono::sys_seconds overdue = {};  // its renewal, from then on
};

/// The certificates that the policy hosts of one snapshot have at one moment.
struct Coverage {
  Reasons reasons;
  Dates first;  // the end of time when none is offered
  /// Holds until then: something expires, or begins to be valid.
  std::chrono::sys_seconds valid_until;
};
Coverage make_coverage(const snapshot::Snapshot& snapshot,
                       std::chrono::sys_seconds now);

/// Of those of `host`; the epoch when there is none.
Dates dates_of(const snapshot::Snapshot& snapshot, const std::string& host,
               std::chrono::sys_seconds now);

class Readiness {
 public:
  /// Both have to outlive it.
  Readiness(const snapshot::SnapshotHolder& snapshots,
            const snapshot::ReloadStatus& reloads,
            files::Clock clock = process::this_moment)
      : snapshots_(snapshots), reloads_(reloads), clock_(std::move(clock)) {}

  /// Empty: ready. From any thread.
  Reasons reasons();

  /// As of now. Looks at all certificates only if that can tell something new.
  std::shared_ptr<const Coverage> coverage();

  /// No new connection is accepted any more.
  void set_stopping() { stopping_.store(true); }

 private:
  const snapshot::SnapshotHolder& snapshots_;
  const snapshot::ReloadStatus& reloads_;
  const files::Clock clock_;
  std::atomic<bool> stopping_{false};

  std::mutex mutex_;
  std::shared_ptr<const Coverage> coverage_;  // under mutex_, as the rest
  std::chrono::sys_seconds looked_at_;
  std::uint64_t generation_ = 0;
};

/// One line for each reason, or "ready"; long lists are cut.
std::string format_reasons(const Reasons& reasons);

}  // namespace mtasts::operations
