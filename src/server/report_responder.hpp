// SPDX-License-Identifier: MIT
// The answers of the collector of reports (RFC 8460, 5.4): a POST of a report
// to the path of a tenant's token is stored as it came, and nothing else is
// there. What a body says is for others to find out.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/answer_writer.hpp"
#include "http/request_head.hpp"
#include "process/clock.hpp"
#include "server/log_budget.hpp"
#include "server/report_inbox.hpp"
#include "server/report_tokens.hpp"
#include "server/responder.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::server {

/// The largest report that is taken: a large sender's has some 100 kB.
constexpr std::uint64_t k_max_report_octets = std::uint64_t{1} << 20U;

/// What all threads of a collector share. One writer, any number of readers.
class Collection {
 public:
  /// `host` in lower case. `inbox` has to outlive this.
  Collection(std::string host, ReportInbox& inbox, ReportTokens tokens)
      : host_(std::move(host)), inbox_(inbox) {
    replace(std::move(tokens));
  }

  const std::string& host() const { return host_; }
  ReportInbox& inbox() const { return inbox_; }
  std::shared_ptr<const ReportTokens> tokens() const {
    const std::lock_guard lock(mutex_);
    return tokens_;
  }
  void replace(ReportTokens tokens) {
    auto next = std::make_shared<const ReportTokens>(std::move(tokens));
    const std::lock_guard lock(mutex_);
    tokens_.swap(next);
  }

 private:
  std::string host_;
  ReportInbox& inbox_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ReportTokens> tokens_;
};

/// Whether a report of this head would be taken, and whose it is.
struct Admittance {
  int status = 0;  // 0: it would
  std::string tenant = {};
  std::string suffix = {};  // "json.gz"
};

/// Pure. `sni` is nothing on a connection without TLS.
Admittance admit_report(std::string_view host, const ReportTokens& tokens,
                        const http::RequestHead& head,
                        std::optional<std::string_view> sni);

class ReportResponder final : public Responder {
 public:
  /// Both have to outlive it.
  ReportResponder(const snapshot::SnapshotHolder& snapshots,
                  Collection& collection);

  void begin_turn() override;
  Answer answer(const Request& request, AfterAnswer after,
                std::string& out) override;
  void refuse(int status, std::string_view octets, std::string& out) override;
  bool may_log() override { return log_budget_.may_write(); }
  http::Bodies bodies() const override { return http::Bodies::read; }
  tls::Selector* selector() override { return &selector_; }

 private:
  class ReportUpload;

  void write(int status, http::Part part, AfterAnswer after,
             std::string& out) const;
  void take_snapshot();

  const snapshot::SnapshotHolder& snapshots_;
  Collection& collection_;
  std::uint64_t generation_;
  std::shared_ptr<const snapshot::Snapshot> snapshot_;
  tls::Selector selector_{.store = nullptr, .cache = {}, .clock = [] {
                            return process::this_second();
                          }};
  std::chrono::sys_seconds now_;
  std::string date_;  // of now_
  LogBudget log_budget_;
};

}  // namespace mtasts::server
