// SPDX-License-Identifier: MIT
#include "server/snapshot_responder.hpp"

#include <utility>

namespace mtasts::server {

SnapshotResponder::SnapshotResponder(const snapshot::SnapshotHolder& snapshots,
                                     files::Clock clock)
    : snapshots_(snapshots), clock_(std::move(clock)) {
  SnapshotResponder::begin_turn();
}

bool SnapshotResponder::begin_turn() {
  writer_.set_time(now());
  const std::uint64_t generation = snapshots_.generation();
  if (std::exchange(generation_, generation) != generation) {
    // Neither the snapshot nor its store ends here: the reloader sees to that.
    snapshot_ = snapshots_.get();
    selector_.store = snapshot_->certificates;
    selector_.cache.recheck();
  }
  return selector_.cache.release_some(*selector_.store);
}

}  // namespace mtasts::server
