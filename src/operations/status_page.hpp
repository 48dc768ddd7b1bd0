// SPDX-License-Identifier: MIT
// The status page: one HTML document with its style and script inside, whole
// without the script, kept up to date by it.
#pragma once

#include <map>
#include <string>

#include "operations/status.hpp"

namespace mtasts::operations {

StatusText format_page(const Status& status);

/// The header fields to send with it: above all its Content-Security-Policy,
/// which admits the page's own style and script by their hashes.
std::map<std::string, std::string> page_fields();

}  // namespace mtasts::operations
