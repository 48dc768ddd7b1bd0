// SPDX-License-Identifier: MIT
// Reports from JSON. nlohmann::json enters here, as a parser that tells what it
// comes by: no document is in memory as a whole.
#pragma once

#include <vector>

#include "reports/octet_source.hpp"
#include "reports/received_report.hpp"
#include "reports/report_builder.hpp"
#include "result.hpp"

namespace mtasts::reports {

/// One document, a list of reports, or several documents one after the other;
/// `anomalies` are those of what it came in, and become those of each. The
/// delivery is left empty. The error says why there is none.
Result<std::vector<ReceivedReport>> read_json(
    OctetSource& source, const ReportHints& hints,
    std::vector<tlsrpt::Anomaly>& anomalies);

}  // namespace mtasts::reports
