// SPDX-License-Identifier: MIT
// What `mta-stsd collect` answers: reports that are sent to the path of a
// tenant's token go into the spool as they come (RFC 8460, 5.4); all else is
// refused.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/report_tokens.hpp"
#include "process/clock.hpp"
#include "server/report_spool.hpp"
#include "server/snapshot_responder.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::server {

/// Compressed, as it is sent: one of a provider of many has some hundred kB.
constexpr std::uint64_t k_most_report_octets = 1024 * 1024;

class ReportInbox final : public SnapshotResponder {
 public:
  /// Both have to outlive it. Its host stays that of the present snapshot,
  /// which is one of config::Service::collect.
  ReportInbox(ReportSpool& spool, const snapshot::SnapshotHolder& snapshots,
              files::Clock clock = process::this_moment);

  Answer answer(const Request& request, AfterAnswer after,
                std::string& out) override;
  void conclude(int status, AfterAnswer after, std::string& out) override;
  std::uint64_t most_body_octets() const override {
    return k_most_report_octets;
  }
  void refuse(int status, std::string_view octets, std::string& out) override;

 private:
  void write(int status, bool is_head, AfterAnswer after, std::string& out);

  ReportSpool& spool_;
  const std::string host_;  // of the URIs, in lower case
};

/// 0 for a report that `tokens` has a tenant for, whose name then is in
/// `tenant`; else the status to refuse it with, before its body. Pure.
int judge_report(const Request& request, std::string_view host,
                 const config::ReportTokens& tokens, std::string& tenant);

}  // namespace mtasts::server
