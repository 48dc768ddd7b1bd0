// SPDX-License-Identifier: MIT
// One report on TLS between mail servers (RFC 8460, 4), as values: names are
// the RFC's own. Whoever sends one chooses all of its texts; they are UTF-8,
// without control characters, and not longer than k_max_text_octets. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tlsrpt/anomaly.hpp"

namespace mtasts::tlsrpt {

/// Above any honest count, and a million reports with it still add up.
constexpr std::uint64_t k_max_count = 1'000'000'000'000;
constexpr std::size_t k_max_text_octets = 4096;

/// Sessions that failed in one way.
struct FailureDetails {
  std::string result_type;          // a word of ResultType, or the sender's own
  std::string sending_mta_ip = {};  // this and all below: may be empty
  std::string receiving_mx_hostname = {};  // in lower case
  std::string receiving_mx_helo = {};
  std::string receiving_ip = {};
  std::uint64_t failed_session_count = 0;
  std::string additional_information = {};
  std::string failure_reason_code = {};

  friend bool operator==(const FailureDetails&,
                         const FailureDetails&) = default;
};

/// What a sender did by one policy of one domain.
struct PolicyReport {
  std::string policy_type;  // a word of PolicyType, or the sender's own
  std::vector<std::string> policy_string = {};  // a line or a TLSA record each
  std::string policy_domain = {};               // in lower case; may be empty
  std::vector<std::string> mx_host = {};
  std::uint64_t total_successful_session_count = 0;
  std::uint64_t total_failure_session_count = 0;
  std::vector<FailureDetails> failure_details = {};

  friend bool operator==(const PolicyReport&, const PolicyReport&) = default;
};

struct Report {
  std::string organization_name = {};  // may be empty, as the next two
  std::string contact_info = {};
  std::string report_id = {};
  /// From the first second to the last. Always there: a report that does not
  /// say it is of the day before it came.
  std::chrono::sys_seconds start_datetime = {};
  std::chrono::sys_seconds end_datetime = {};
  std::vector<PolicyReport> policies = {};
  std::vector<Anomaly> anomalies = {};

  friend bool operator==(const Report&, const Report&) = default;
};

}  // namespace mtasts::tlsrpt
