// SPDX-License-Identifier: MIT
// From a publish::Publication back to the [[policy]] table that reads as the
// same.
#pragma once

#include <string>

#include "config/config.hpp"

namespace mtasts::config {

/// TOML, each key on a line of its own, the last one with its newline.
std::string format_policy_table(const publish::Publication& entry);

}  // namespace mtasts::config
