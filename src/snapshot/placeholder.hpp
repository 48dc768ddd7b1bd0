// SPDX-License-Identifier: MIT
// Names that nobody owns, such as example.com, must not be served to the
// world by a configuration that was never edited.
#pragma once

#include <string>
#include <vector>

#include "diagnostic.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::snapshot {

/// One finding for each policy of `domains` with a placeholder among its
/// domains, mx or report URIs, if any listener can be reached from elsewhere.
Diagnostics find_placeholders(const Snapshot& snapshot,
                              const std::vector<std::string>& domains,
                              Severity severity);

}  // namespace mtasts::snapshot
