// SPDX-License-Identifier: MIT
#include "server/snapshot_responder.hpp"

#include <utility>

namespace mtasts::server {

SnapshotResponder::SnapshotResponder(const snapshot::SnapshotHolder& snapshots,
                                     files::Clock clock)
    : snapshots_(snapshots),
      clock_(std::move(clock)),
      generation_(snapshots.generation()) {
  take_snapshot();
}

void SnapshotResponder::begin_turn() {
  writer_.set_time(now());
  const std::uint64_t generation = snapshots_.generation();
  if (generation == generation_) return;
  generation_ = generation;
  take_snapshot();
}

void SnapshotResponder::take_snapshot() {
  snapshot_ = snapshots_.get();
  selector_.store = snapshot_->certificates;
  selector_.cache.keep_only(*selector_.store);
}

}  // namespace mtasts::server
