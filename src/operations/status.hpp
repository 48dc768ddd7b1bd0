// SPDX-License-Identifier: MIT
// Everything that an operator may want to know of the running server, at one
// moment: for the status page, for programs and for the terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "dns/record.hpp"
#include "operations/observed.hpp"
#include "operations/readiness.hpp"
#include "server/fetch_log.hpp"
#include "server/reload_status.hpp"

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
  /// Of the certificate in use; the epoch when there is none.
  std::chrono::sys_seconds expiry;
  std::vector<dns::RecordSet> records;
  server::DomainFetches fetches;
  server::IdFetches of_id;  // those of the policy that is served
};

struct Status {
  std::chrono::sys_seconds now;
  std::chrono::sys_seconds started;
  Reasons reasons;           // empty: ready
  std::size_t total = 0;     // domains
  std::size_t matching = 0;  // of these, those that were asked for
  StatusQuery query;
  std::vector<DomainStatus> domains;  // of these, query.limit from query.offset
  server::ReloadView reloads;
};

Status find_status(const Observed& observed, StatusQuery query);

/// One JSON object (RFC 8259). Its keys are documented in mta-stsd(8).
std::string format_json(const Status& status);

/// A table for the terminal, the reasons in front of it.
std::string format_table(const Status& status);

/// "2026-11-23T19:38:51Z"
std::string format_time(std::chrono::sys_seconds time);

}  // namespace mtasts::operations
