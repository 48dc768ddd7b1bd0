// SPDX-License-Identifier: MIT
// The running policy host: its TLS context, its threads and the snapshot they
// serve. Starting and stopping it is all there is to do.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/listener.hpp"
#include "process/thread.hpp"
#include "result.hpp"
#include "server/admission.hpp"
#include "server/counters.hpp"
#include "server/event_loop.hpp"
#include "server/fetch_log.hpp"
#include "server/memory_budget.hpp"
#include "server/responder.hpp"
#include "snapshot/snapshot.hpp"
#include "tls/challenges.hpp"
#include "tls/context.hpp"

namespace mtasts::server {

/// Whose answers a host gives, if not those of policies.
struct Service {
  std::function<std::unique_ptr<Responder>(const snapshot::SnapshotHolder&,
                                           Counters&)>
      make_responder;
  std::size_t descriptors = 1;  // for each connection
};

class PolicyHost {
 public:
  /// Binds the listeners; serves nobody before start().
  /// `fetches`, if not null, is told of every fetch and outlives the host.
  static Result<std::unique_ptr<PolicyHost>> make(
      std::shared_ptr<const snapshot::Snapshot> snapshot,
      FetchLog* fetches = nullptr);
  /// The same with another service, by the certificates of the snapshot.
  static Result<std::unique_ptr<PolicyHost>> make(
      std::shared_ptr<const snapshot::Snapshot> snapshot,
      const Service& service);
  /// Stops, if stop() was not called.
  ~PolicyHost();

  /// Fails when, with all that is open by now, too few are left to serve.
  Result<void> check_descriptors() const;

  /// Throws std::system_error when there can be no more threads.
  void start();

  /// Accepts no more, finishes what has begun, and returns within the
  /// connections' deadline.
  void stop();

  snapshot::SnapshotHolder& snapshots() { return snapshots_; }
  const snapshot::SnapshotHolder& snapshots() const { return snapshots_; }
  /// Tells the threads of a replaced snapshot, so that none keeps the old one.
  void wake();

  /// What all its threads have counted so far.
  Totals totals() const;

  const std::vector<std::string>& names() const { return listeners_.names(); }
  std::size_t thread_count() const { return loops_.size(); }
  const config::Limits& limits() const { return limits_; }
  /// What connections may take of the memory that was there at the start.
  const Budget& budget() const { return budget_; }
  /// So many descriptors are left to the operations listener.
  std::size_t operations_connections() const { return operations_connections_; }

 private:
  PolicyHost(std::shared_ptr<const snapshot::Snapshot> snapshot,
             net::Listeners listeners, tls::ContextPtr context,
             const Budget& budget, const config::Limits& limits);
  Result<void> open_challenges(const std::string& folder);

  snapshot::SnapshotHolder snapshots_;
  net::Listeners listeners_;
  tls::ContextPtr context_;
  std::optional<tls::Challenges> challenges_;  // nothing: no folder is set
  Budget budget_;
  config::Limits limits_;  // with every choice made
  std::size_t operations_connections_ = 0;
  Admission admission_;
  MisfitLog misfits_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::vector<process::Thread> threads_;
};

}  // namespace mtasts::server
