// SPDX-License-Identifier: MIT
// The policies as files, for those who serve them by other means.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "result.hpp"

namespace mtasts::cli {

/// Writes DIRECTORY/mta-sts.<domain>/.well-known/mta-sts.txt for each of
/// `domains`, all of which `live` has to know. A file appears whole or not at
/// all, and one that is right already is left alone. What lies in the way as a
/// symbolic link is not followed, but for `directory` itself; nothing is ever
/// removed. The error names the path.
Result<void> write_static_tree(const std::string& directory,
                               const config::Live& live,
                               const std::vector<std::string>& domains);

}  // namespace mtasts::cli
