// SPDX-License-Identifier: MIT
// What `mta-stsd collect` answers: reports that are sent to the path of a
// tenant's token go into the spool as they come (RFC 8460, 5.4); all else is
// refused.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "config/report_tokens.hpp"
#include "http/answer_writer.hpp"
#include "process/clock.hpp"
#include "server/log_budget.hpp"
#include "server/report_spool.hpp"
#include "server/responder.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::server {

/// Compressed, as it is sent: one of a provider of many has some hundred kB.
constexpr std::uint64_t k_most_report_octets = 1024 * 1024;

/// What all its loops share; has to outlive them.
struct InboxSetting {
  std::string host;  // of the URIs, in lower case
  config::ReportTokens tokens;
  ReportSpool* spool;
};

class ReportInbox final : public Responder {
 public:
  ReportInbox(const InboxSetting& setting,
              const snapshot::SnapshotHolder& snapshots,
              files::Clock clock = process::this_moment);

  void begin_turn() override;
  Answer answer(const Request& request, AfterAnswer after,
                std::string& out) override;
  void conclude(int status, AfterAnswer after, std::string& out) override;
  std::uint64_t most_body_octets() const override {
    return k_most_report_octets;
  }
  void refuse(int status, std::string_view octets, std::string& out) override;
  bool may_log() override { return log_budget_.may_write(); }
  tls::Selector* selector() override { return &selector_; }

 private:
  void take_snapshot();
  void write(int status, bool is_head, AfterAnswer after, std::string& out);

  const InboxSetting& setting_;
  const snapshot::SnapshotHolder& snapshots_;
  const files::Clock clock_;
  std::uint64_t generation_;
  tls::Selector selector_{
      .store = nullptr, .cache = {}, .clock = [this] { return clock_().wall; }};
  http::AnswerWriter writer_;
  LogBudget log_budget_;
};

/// 0 for a report that `tokens` has a tenant for, whose name then is in
/// `tenant`; else the status to refuse it with, before its body. Pure.
int judge_report(const Request& request, std::string_view host,
                 const config::ReportTokens& tokens, std::string& tenant);

}  // namespace mtasts::server
