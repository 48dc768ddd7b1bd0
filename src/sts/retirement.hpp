// SPDX-License-Identifier: MIT
// How a domain leaves MTA-STS without stranding a sender that holds its policy
// (RFC 8461, 8.3): mode none with a small max_age, its record, and then the
// time until whatever was served before is forgotten.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "sts/life_cycle.hpp"
#include "sts/migration.hpp"
#include "sts/step.hpp"

namespace mtasts::sts {

inline constexpr std::string_view k_serve_none = "retirement.serve-none";
inline constexpr std::string_view k_publish_none = "retirement.publish-none";
inline constexpr std::string_view k_remove_record = "retirement.remove-record";
inline constexpr std::string_view k_remove_host = "retirement.remove-host";

/// Within which a record is taken to have followed its policy, where nobody
/// knows.
inline constexpr std::chrono::days k_record_lag{1};

/// When the policy host and the records of a domain may go: when its last
/// policy is forgotten (`cached_until`), and a day later, since a sender may
/// have asked for the TXT record, of this TTL, just before it went.
std::chrono::sys_seconds earliest_removal(std::chrono::sys_seconds cached_until,
                                          std::chrono::seconds txt_ttl);

/// `sight.id` is an empty string when each name server says that there is no
/// record.
std::vector<Step> plan_retirement(const Sight& sight, const Past& past,
                                  std::chrono::sys_seconds now);

}  // namespace mtasts::sts
