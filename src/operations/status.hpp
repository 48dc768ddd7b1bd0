// SPDX-License-Identifier: MIT
// Everything that an operator may want to know of the running server, at one
// moment: for the status page, for programs and for the terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operations/observed.hpp"
#include "operations/readiness.hpp"
#include "operations/report_file.hpp"
#include "publish/record_set.hpp"
#include "server/fetch_log.hpp"
#include "snapshot/history.hpp"
#include "snapshot/reload_status.hpp"
#include "tlsrpt/report_days.hpp"

namespace mtasts::operations {

/// Which domains to tell of. With 100,000 of them nobody wants all at once.
struct StatusQuery {
  std::string part;  // of the domain's name; empty: all
  std::size_t offset = 0;
  std::size_t limit = 0;
};

struct DomainStatus {
  std::string domain;
  sts::Mode mode;
  std::chrono::seconds max_age;
  std::vector<std::string> mx;
  std::string id;  // of the policy that is served
  /// Until when senders may hold this policy or one before it, in mode testing
  /// or enforce, and in mode enforce alone, if no more is served from now on.
  snapshot::Held held;
  std::optional<std::chrono::sys_days> retire;  // the day on which it may go
  /// Of those in use; the epoch when there is none.
  Dates certificate;
  std::vector<publish::RecordSet> records;
  server::DomainFetches fetches;
  server::IdFetches of_id;   // those of the policy that is served
  bool has_reports = false;  // the file of them is there
  std::optional<tlsrpt::DomainDay> reported = {};  // nothing: none came
};

struct FoundDomain {
  const publish::Publication* entry;
  dns::Name name;
};

struct Status {
  std::chrono::sys_seconds now;
  std::chrono::sys_seconds started;
  Reasons reasons;           // empty: ready
  std::size_t total = 0;     // domains
  std::size_t matching = 0;  // of these, those that were asked for
  StatusQuery query;
  snapshot::ReloadView reloads;
  ReportedDays reports = {};
  std::shared_ptr<const snapshot::Snapshot> snapshot;  // whose the domains are
  std::vector<FoundDomain> found;  // of these, query.limit from query.offset
};

Status make_status(const Observed& observed, StatusQuery query);

/// What there is to say of one of status.found.
DomainStatus describe(const Observed& observed, const Status& status,
                      const FoundDomain& found);

/// A page that is written domain by domain.
struct StatusText {
  std::string start;
  std::string (*format)(const DomainStatus& one, std::chrono::sys_seconds now);
  std::string_view separator;  // between domains
  std::string end;
};

/// One JSON object (RFC 8259). Its keys are documented in mta-stsd(8).
StatusText format_json(const Status& status);

/// A table for the terminal, the reasons in front of it.
std::string format_table(const Status& status,
                         const std::vector<DomainStatus>& domains);

}  // namespace mtasts::operations
