// SPDX-License-Identifier: MIT
// The policy host's answers: from the current snapshot, told to the fetch log.
#pragma once

#include <cstdint>
#include <memory>

#include "http/answer_writer.hpp"
#include "process/clock.hpp"
#include "server/fetch_log.hpp"
#include "server/log_budget.hpp"
#include "server/respond.hpp"
#include "server/responder.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::server {

class PolicyResponder final : public Responder {
 public:
  /// All have to outlive it; `fetches` may be null when nobody asks.
  PolicyResponder(const snapshot::SnapshotHolder& snapshots, FetchLog* fetches,
                  Counters& counters,
                  files::Clock clock = process::this_moment);

  void begin_turn() override;
  Answer answer(const Request& request, AfterAnswer after,
                std::string& out) override;
  void refuse(int status, std::string_view octets, std::string& out) override;
  bool may_log() override { return log_budget_.may_write(); }
  tls::Selector* selector() override { return &selector_; }

 private:
  void take_snapshot();
  void note_fetch(const http::RequestHead& head, const Response& response);

  const snapshot::SnapshotHolder& snapshots_;
  FetchLog* fetches_;
  Counters& counters_;
  const files::Clock clock_;
  std::uint64_t generation_;
  std::shared_ptr<const snapshot::Snapshot> snapshot_;
  tls::Selector selector_{
      .store = nullptr, .cache = {}, .clock = [this] { return clock_().wall; }};
  http::AnswerWriter writer_;
  LogBudget log_budget_;
};

}  // namespace mtasts::server
