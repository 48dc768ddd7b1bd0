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

/// For dns::DiffRules: two texts are the same where they have the same id, or
/// the same set of URIs (RFC 8461, 3.1; RFC 8460, 3), unless a known sender
/// refuses `found`.
std::optional<std::string> find_difference(dns::Purpose purpose,
                                           const std::string& found,
                                           const std::string& wanted);

/// Those of one of its domains.
dns::DomainRecords make_records(const config::PolicyEntry& entry,
                                const dns::Name& domain,
                                std::optional<std::chrono::seconds> ttl);

/// Those of `domains` whose records have to be published now: `newer` can
/// serve them, and `older` had other records for them or could not.
std::vector<std::string> changed_domains(
    const Snapshot& older, const Snapshot& newer,
    const std::vector<std::string>& domains);

}  // namespace mtasts::server
