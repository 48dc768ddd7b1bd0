// SPDX-License-Identifier: MIT
// The [collect] table: by what address TLS-RPT reports are taken.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "config/table_reader.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// The table in the document that `document` reads, its paths as seen from
/// `file`. `spool`: that of [reports], or empty. Faults go to `out`. Nothing
/// when it is not there.
std::optional<Collect> find_collect(TableReader& document,
                                    std::string_view file,
                                    const std::string& spool, Diagnostics& out);

/// What of `server` is also collect's, and the rest from `collect`.
Startup make_collector(const Startup& server, const Collect& collect);

}  // namespace mtasts::config
