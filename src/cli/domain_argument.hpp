// SPDX-License-Identifier: MIT
// For the commands that are about policies alone: loads them, and finds the
// domain that was named on the command line. Faults are printed.
#pragma once

#include <optional>
#include <string>

#include "config/config.hpp"

namespace mtasts::cli {

/// Nothing after an error; warnings stay silent, they are check's business.
std::optional<config::Live> load_policies(const std::string& path);

/// The policy domain, normalised; nothing when it has no policy here.
std::optional<std::string> find_domain(const config::Live& live,
                                       const std::string& text);

}  // namespace mtasts::cli
