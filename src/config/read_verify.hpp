// SPDX-License-Identifier: MIT
// The [verify] table: how mta-sts looks at domains, and what it shall find.
#pragma once

#include <string_view>

#include "config/config.hpp"
#include "config/table_reader.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// The table in the document that `document` reads, with defaults for what it
/// leaves out, or all of them; faults go to `out`.
Verify read_verify(TableReader& document, std::string_view file,
                   Diagnostics& out);

}  // namespace mtasts::config
