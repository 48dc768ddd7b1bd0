// SPDX-License-Identifier: MIT
// From what is served to what has to be published for it in the DNS.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "dns/record.hpp"
#include "server/snapshot.hpp"

namespace mtasts::server {

/// The records to publish for each of `domains` that has a policy, in the order
/// of the configuration.
std::vector<dns::DomainRecords> make_records(
    const config::Live& live, const std::vector<std::string>& domains,
    std::optional<std::chrono::seconds> ttl);

/// Those of `domains` whose records have to be published now: `newer` can
/// serve them, and `older` had other records for them or could not.
std::vector<std::string> changed_domains(
    const Snapshot& older, const Snapshot& newer,
    const std::vector<std::string>& domains);

}  // namespace mtasts::server
