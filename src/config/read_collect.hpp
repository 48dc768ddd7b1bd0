// SPDX-License-Identifier: MIT
// The [collect] table: by what address TLS-RPT reports are taken.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.hpp"
#include "config/table_reader.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// The table in the document that `document` reads, its paths as seen from
/// `file`. `has_spool`: [reports] says where they go. Faults go to `out`.
/// Nothing when it is not there.
std::optional<Collect> find_collect(TableReader& document,
                                    std::string_view file, bool has_spool,
                                    Diagnostics& out);

}  // namespace mtasts::config
