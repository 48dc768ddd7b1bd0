// SPDX-License-Identifier: MIT
// What the responders of a policy host and of a collector have in common: they
// follow the snapshot, whose certificates handshakes choose from.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "http/answer_writer.hpp"
#include "process/clock.hpp"
#include "server/log_budget.hpp"
#include "server/responder.hpp"
#include "snapshot/snapshot.hpp"
#include "tls/context.hpp"

namespace mtasts::server {

class SnapshotResponder : public Responder {
 public:
  /// `snapshots` has to outlive it.
  SnapshotResponder(const snapshot::SnapshotHolder& snapshots,
                    files::Clock clock);

  bool begin_turn() override;
  bool may_log() override { return log_budget_.may_write(); }
  tls::Selector* selector() override { return &selector_; }

 protected:
  const snapshot::Snapshot& serving() const { return *snapshot_; }
  std::chrono::sys_seconds now() const { return clock_().wall; }
  http::AnswerWriter& writer() { return writer_; }

 private:
  const snapshot::SnapshotHolder& snapshots_;
  const files::Clock clock_;
  std::uint64_t generation_ = ~std::uint64_t{0};  // none was taken yet
  std::shared_ptr<const snapshot::Snapshot> snapshot_;
  tls::Selector selector_{
      .store = nullptr, .cache = {}, .clock = [this] { return now(); }};
  http::AnswerWriter writer_;
  LogBudget log_budget_;
};

}  // namespace mtasts::server
