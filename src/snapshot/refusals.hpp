// SPDX-License-Identifier: MIT
// What is in order and must not be served all the same, unless the command
// line allows it; and what the user that the program runs as can't read, though
// root can.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "diagnostic.hpp"
#include "process/account.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::snapshot {

struct Allowances {
  bool examples = false;    // serve --allow-example
  bool plain_http = false;  // serve --allow-plain-http
};
inline constexpr Allowances k_all_allowed{.examples = true, .plain_http = true};

/// What of `snapshot` is refused; of its policies those of `domains`:
/// - names that nobody owns, such as example.com: one finding for each policy
///   with such a domain, mx or report URI, if a listener can be reached from
///   elsewhere. A configuration that was never edited must not serve the world;
/// - listeners without TLS that can be reached from elsewhere.
/// `config` is where it was read. As warnings, it leaves out what a lint says.
Diagnostics check_refusals(const Snapshot& snapshot,
                           const std::vector<std::string>& domains,
                           const std::string& config, Severity severity,
                           Allowances allowed = {});

/// Loads `config` once more: what of it the user of now can't read, and of
/// which every reload would fail. `serving` is what could be read before.
Diagnostics find_shut_out(const Snapshot& serving, const std::string& config,
                          const process::Account& account,
                          std::chrono::sys_seconds now, Severity severity);

/// For a whole check, as which root becomes that user: warnings.
Diagnostics check_user(const Snapshot& snapshot, const std::string& config,
                       std::chrono::sys_seconds now);

}  // namespace mtasts::snapshot
