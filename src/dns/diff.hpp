// SPDX-License-Identifier: MIT
// What to do so that the DNS says what it should.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns/record.hpp"
#include "dns/zone_reader.hpp"

namespace mtasts::dns {

struct DiffRules {
  std::optional<Purpose> only;  // compare these alone
  // A resolver counts the TTLs of its answers down.
  bool compare_ttl = false;
};

/// A line for each record to add or delete, two for one to change; nothing
/// when there is nothing to do. TXT records that are neither of MTA-STS nor of
/// TLS-RPT may stand there; nothing may stand beside a CNAME (RFC 1034, 3.6.2).
/// Policy hosts are compared where `wanted` leads them somewhere. A text
/// without an owner is taken for one of `wanted`, if that is one domain.
std::string format_diff(const std::vector<DomainRecords>& wanted,
                        const Zone& found, const DiffRules& rules);

}  // namespace mtasts::dns
