// SPDX-License-Identifier: MIT
// What a look at a domain means for a plan. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns/name.hpp"
#include "nameserver/answer.hpp"
#include "sts/migration.hpp"
#include "verify/facts.hpp"

namespace mtasts::tool {

/// What of it could not be seen, in words for people, is appended to `gaps`.
/// `own_mx` is what a name server of the zone says of the MX records; without
/// it the resolver's answer counts, whose TTL may be near its end.
sts::Sight make_sight(const verify::Facts& facts,
                      const std::optional<nameserver::Answer>& own_mx,
                      std::vector<std::string>& gaps);

/// Whether senders can deliver to each of `hosts` in mode enforce; nothing when
/// that could not be seen. What is wrong is appended to `faults`.
std::optional<bool> are_good(const verify::Facts& facts,
                             std::vector<verify::MxHost> hosts,
                             std::vector<std::string>& faults);

}  // namespace mtasts::tool
