// SPDX-License-Identifier: MIT
// Names that nobody owns, such as example.com, must not be served to the
// world by a configuration that was never edited.
#pragma once

#include "diagnostic.hpp"
#include "server/snapshot.hpp"

namespace mtasts::cli {

/// A warning for each policy with a placeholder among its domains or mx, if
/// any listener can be reached from elsewhere.
Diagnostics find_placeholders(const server::Snapshot& snapshot);

}  // namespace mtasts::cli
