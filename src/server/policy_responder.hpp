// SPDX-License-Identifier: MIT
// The policy host's answers: from the current snapshot, told to the fetch log.
#pragma once

#include <string>

#include "process/clock.hpp"
#include "server/fetch_log.hpp"
#include "server/respond.hpp"
#include "server/snapshot_responder.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::server {

class PolicyResponder final : public SnapshotResponder {
 public:
  /// All have to outlive it; `fetches` may be null when nobody asks.
  PolicyResponder(const snapshot::SnapshotHolder& snapshots, FetchLog* fetches,
                  Counters& counters,
                  files::Clock clock = process::this_moment);

  Answer answer(const Request& request, AfterAnswer after,
                std::string& out) override;
  void refuse(int status, std::string_view octets, std::string& out) override;

 private:
  void note_fetch(const http::RequestHead& head, const Response& response);

  FetchLog* fetches_;
  Counters& counters_;
};

}  // namespace mtasts::server
