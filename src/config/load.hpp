// SPDX-License-Identifier: MIT
// From files to a Config, or to the list of everything that is wrong with
// them. The only file behind this header that knows the TOML library.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "file.hpp"

namespace mtasts::config {

struct Loaded {
  std::optional<Config> config;  // nothing when a diagnostic is an error
  Diagnostics diagnostics;       // in the order of files, lines, columns
  Inputs inputs;                 // complete also when loading failed
  std::vector<std::string> certificates;  // also when a policy is bad
};

/// Loads the file at `path` and what it includes; "-" is standard input, which
/// can't be watched.
Loaded load_config(const std::string& path);

}  // namespace mtasts::config
