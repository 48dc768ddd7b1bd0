// SPDX-License-Identifier: MIT
// What the guard would say, asked before anything is served: for check.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "result.hpp"

namespace mtasts::snapshot {

/// How `next`, which was read at `path`, differs from what is served now: by
/// the older configuration at `against`, as if it had been served until `now`;
/// or, without one, by the file `history`, if that is not empty. Of what was
/// served before that, the history tells in both cases. Fails when `against`
/// can't be understood.
Result<Diagnostics> check_changes(const config::Live& next,
                                  const std::string& history,
                                  const std::string& path,
                                  const std::optional<std::string>& against,
                                  std::chrono::sys_seconds now);

}  // namespace mtasts::snapshot
