// SPDX-License-Identifier: MIT
// The [reports] table: where TLS-RPT reports are read from and kept.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.hpp"
#include "config/table_reader.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// The table in the document that `document` reads, its paths as seen from
/// `file`; what it leaves out is empty. Faults go to `out`. Nothing when it is
/// not there.
std::optional<Reports> find_reports(TableReader& document,
                                    std::string_view file, Diagnostics& out);

}  // namespace mtasts::config
