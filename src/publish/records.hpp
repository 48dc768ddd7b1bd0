// SPDX-License-Identifier: MIT
// From policies to what has to be published for them in the DNS.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "publish/publication.hpp"
#include "publish/record_set.hpp"

namespace mtasts::publish {

/// The records to publish for each of `domains` that has a policy, in the order
/// of the configuration.
std::vector<DomainRecords> make_records(
    const std::vector<PublicationPtr>& publications,
    const std::vector<std::string>& domains,
    std::optional<std::chrono::seconds> ttl);

/// For DiffRules: two texts are the same where they have the same id, or
/// the same set of URIs (RFC 8461, 3.1; RFC 8460, 3), unless a known sender
/// refuses `found`.
std::optional<std::string> find_difference(Purpose purpose,
                                           const std::string& found,
                                           const std::string& wanted);

/// Those of one of its domains.
DomainRecords make_records(const Publication& entry, const dns::Name& domain,
                           std::optional<std::chrono::seconds> ttl);

/// Both records of `a` say what those of `b` say.
bool has_same_records(const Publication& a, const Publication& b);

}  // namespace mtasts::publish
