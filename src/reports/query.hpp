// SPDX-License-Identifier: MIT
// What the database of reports has to say. Each function reads one state of it,
// whatever importers do meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/sqlite.hpp"
#include "result.hpp"
#include "tlsrpt/result_type.hpp"
#include "tlsrpt/sessions.hpp"

namespace mtasts::reports {

/// The database at `path`, to be read; all that it needs of the file system has
/// been opened when this returns. It is a fault if it is not there.
Result<Connection> open_to_read(const std::string& path);

/// Reports whose start-datetime lies in it.
struct Period {
  std::chrono::sys_seconds since;
  std::chrono::sys_seconds until;  // the first second behind it
};

using tlsrpt::Sessions;

/// Of one domain, in one period.
struct DomainTotals {
  std::string domain;
  tlsrpt::PolicyType type = tlsrpt::PolicyType::sts;
  Sessions sessions = {};
  std::uint64_t verified = 0;  // of all sessions; see trust.hpp
  std::uint64_t reports = 0;
  std::uint64_t organizations = 0;
  std::chrono::sys_seconds last = {};  // end-datetime of the latest report

  friend bool operator==(const DomainTotals&, const DomainTotals&) = default;
};

/// By domain and then by type.
Result<std::vector<DomainTotals>> read_totals(Connection& connection,
                                              const Period& period);

/// Sessions of one domain that agree in all but their numbers.
struct SenderTotals {
  std::string organization;  // as it calls itself
  std::string signer;        // who has signed it; empty: nobody we know of
  bool is_verified = false;
  tlsrpt::PolicyType type = tlsrpt::PolicyType::sts;
  /// Of our text of what it calls the policy; empty where that is no policy of
  /// MTA-STS. See applied_policy.hpp.
  std::string policy_id;
  std::chrono::sys_days day = {};  // of start-datetime
  Sessions sessions = {};
  std::uint64_t reports = 0;
  std::chrono::sys_seconds last = {};  // end-datetime

  friend bool operator==(const SenderTotals&, const SenderTotals&) = default;
};

struct FailureTotals {
  std::string organization;
  std::string policy_id;
  tlsrpt::PolicyType type = tlsrpt::PolicyType::sts;
  std::string result_type;            // as it came
  std::string receiving_mx_hostname;  // may be empty
  std::uint64_t failed = 0;
  std::string receiving_ip;         // of one of them; may be empty
  std::string failure_reason_code;  // the same
  std::chrono::sys_seconds last = {};

  friend bool operator==(const FailureTotals&, const FailureTotals&) = default;
};

struct DomainDetails {
  std::string domain;
  std::vector<SenderTotals> senders = {};    // by day, then organization
  std::vector<FailureTotals> failures = {};  // most sessions first

  friend bool operator==(const DomainDetails&, const DomainDetails&) = default;
};

Result<DomainDetails> read_details(Connection& connection,
                                   std::string_view domain,
                                   const Period& period);

}  // namespace mtasts::reports
