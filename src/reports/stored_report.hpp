// SPDX-License-Identifier: MIT
// The reports themselves, as they were kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/query.hpp"
#include "reports/received_report.hpp"
#include "reports/sqlite.hpp"
#include "result.hpp"
#include "tlsrpt/report.hpp"
#include "tlsrpt/result_type.hpp"

namespace mtasts::reports {

/// What a report says by one policy of one domain.
struct ReportLine {
  std::int64_t id = 0;  // of the report, which may have several
  std::string organization;
  std::string report_id;
  std::chrono::sys_seconds start = {};
  std::chrono::sys_seconds end = {};
  std::string domain;
  tlsrpt::PolicyType type = tlsrpt::PolicyType::sts;
  Sessions sessions = {};
  Channel channel = Channel::file;
  bool is_verified = false;

  friend bool operator==(const ReportLine&, const ReportLine&) = default;
};

struct ListFilter {
  Period period;
  std::optional<std::string> domain = {};
  bool has_failed = false;  // leaves out what has no failed session
  std::size_t most = 0;     // lines
};

/// The latest day first.
Result<std::vector<ReportLine>> read_list(Connection& connection,
                                          const ListFilter& filter);

/// A report with how it came: of its policies those of our domains.
struct StoredReport {
  std::int64_t id = 0;
  tlsrpt::Report report = {};               // but for its anomalies
  std::vector<std::string> anomalies = {};  // "KIND PLACE COUNT VALUE"
  Channel channel = Channel::file;
  std::chrono::sys_seconds received = {};
  bool is_verified = false;
  std::string signer = {};  // empty: nobody that we know of

  friend bool operator==(const StoredReport&, const StoredReport&) = default;
};

/// Nothing when there is none of that id.
Result<std::optional<StoredReport>> find_report(Connection& connection,
                                                std::int64_t id);

}  // namespace mtasts::reports
