// SPDX-License-Identifier: MIT
// The tables [operations] and [collect.operations]: where operators ask for
// health, metrics and status.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "config/table_reader.hpp"
#include "diagnostic.hpp"
#include "result.hpp"

namespace mtasts::config {

/// The table in the document that `document` reads, with defaults for what it
/// leaves out; faults go to `out`. Nothing when it is not there. Of collect,
/// `document` reads [collect].
std::optional<Operations> find_operations(TableReader& document,
                                          std::string_view file,
                                          Diagnostics& out, Service service);

/// The same for a program that talks to the running one: from the file at
/// `path`, even if everything else in it is broken.
Result<Operations> load_operations(const std::string& path, Service service);

}  // namespace mtasts::config
