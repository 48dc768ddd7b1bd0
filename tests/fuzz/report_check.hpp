// SPDX-License-Identifier: MIT
// What holds for reports, whatever they were read from.
#pragma once

#include "reports/report_wire.hpp"
#include "target.hpp"

namespace mtasts::fuzz {

/// They are handed over as they are: no text in them has what report.hpp rules
/// out, no list or count is larger than its limit.
inline void check_reports(const reports::ReadReports& read) {
  const std::string wire = reports::format_wire(read);
  require(wire.size() <= reports::k_max_wire_octets, "reports are bounded");
  const reports::ReadReports again = reports::parse_wire(wire);
  if (!read) {
    require_clean(read.error());
    require(!again && again.error().message == read.error().message,
            "an error is handed over as it is");
    return;
  }
  require(!read->empty(), "there is a report where there is no error");
  require(again && *again == *read, "reports are handed over as they are");
  for (const reports::ReceivedReport& one : *read) {
    require(one.report.start_datetime < one.report.end_datetime,
            "a report is of some time");
    require(one.report.anomalies.size() <= tlsrpt::k_max_anomalies,
            "anomalies are bounded");
  }
}

}  // namespace mtasts::fuzz
