// SPDX-License-Identifier: MIT
// The [publish] table: where mta-sts sends records, and with which keys.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.hpp"
#include "config/table_reader.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// The table in the document that `document` reads; faults go to `out`. Nothing
/// when it is not there. The files of keys are not read: they are for the
/// program that uses them.
std::optional<Publish> find_publish(TableReader& document,
                                    std::string_view file, Diagnostics& out);

}  // namespace mtasts::config
