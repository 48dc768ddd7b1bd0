// SPDX-License-Identifier: MIT
// What the reader process hands over: reports, or why there are none, as
// octets. It has read what strangers wrote, and may be theirs by now, so
// nothing of it is believed. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/received_report.hpp"
#include "result.hpp"

namespace mtasts::reports {

using ReadReports = Result<std::vector<ReceivedReport>>;

/// What the limits of ReportBuilder let through is smaller.
constexpr std::size_t k_max_wire_octets = std::size_t{16} << 20U;

std::string format_wire(const ReadReports& read);

/// The error of the reports, or that `octets` are not as format_wire() has
/// them: all lengths within, all counts, times and texts as report.hpp says.
ReadReports parse_wire(std::string_view octets);

}  // namespace mtasts::reports
