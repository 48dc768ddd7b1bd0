// SPDX-License-Identifier: MIT
// How a domain in mode enforce moves to other MX hosts without a sender that
// refuses mail (RFC 8461, 8.1): the policy first, its record, then the MX
// record, and the old hosts out of the policy at the end. The dates are those
// of the slowest senders: some look at the record only when max_age is over,
// some fetch nothing as long as they see the same id.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "dns/name.hpp"
#include "sts/life_cycle.hpp"
#include "sts/policy.hpp"
#include "sts/step.hpp"

namespace mtasts::sts {

/// What is seen of a domain. Where something could not be looked at, or is not
/// the same everywhere, there is nothing.
struct Sight {
  std::optional<Policy> policy;   // that each address of the policy host serves
  bool has_no_policy = false;     // there is none, for sure
  std::optional<std::string> id;  // in the TXT record of each name server
  std::chrono::seconds txt_ttl{0};
  std::optional<std::vector<dns::Name>> mx;  // hosts of the MX record
  std::chrono::seconds mx_ttl{0};
  /// Whether each host that mail will go to offers TLS with a certificate that
  /// senders accept.
  std::optional<bool> are_targets_good;
  /// Since when the record and the MX record are as they are; nothing: nobody
  /// knows, so from now on.
  std::optional<std::chrono::sys_seconds> record_since;
  std::optional<std::chrono::sys_seconds> mx_since;
  /// The largest max_age of what was served before the record became what it
  /// is, where no history tells or more is known; nothing: that of `policy`.
  std::optional<std::chrono::seconds> earlier_max_age = {};
};

/// A sender that has just looked at the record may go by what it saw for as
/// long, whatever the TTL: postfix-mta-sts-resolver's cache_grace.
inline constexpr std::chrono::seconds k_sender_pause{60};

/// Whether the record has the id of the policy; nothing: unseen.
std::optional<bool> find_published(const Sight& sight);

/// Since when it has; `now` where it has not yet, or nobody knows.
std::chrono::sys_seconds published_from(const Sight& sight,
                                        std::chrono::sys_seconds now);

/// Where no history tells, when the policies before the record that is there
/// now are forgotten.
std::chrono::sys_seconds assume_forgotten(const Sight& sight,
                                          std::chrono::sys_seconds now);

/// Until when senders may hold a policy of mode enforce that does not admit
/// `host` as MX; nothing when there never was one.
std::optional<std::chrono::sys_seconds> refused_until(
    const Past& past, const dns::Name& host, std::chrono::sys_seconds now);

/// Ids of the steps, in their order.
inline constexpr std::string_view k_prepare_hosts = "migration.prepare-hosts";
inline constexpr std::string_view k_admit_both = "migration.admit-both";
inline constexpr std::string_view k_publish_both = "migration.publish-both";
inline constexpr std::string_view k_move_mx = "migration.move-mx";
inline constexpr std::string_view k_drop_old = "migration.drop-old";
inline constexpr std::string_view k_publish_new = "migration.publish-new";

/// To `targets`, which are not empty. `past` has all that was served; what is
/// not in it, for an empty one, is taken for what is served now, until the
/// record was published.
std::vector<Step> plan_migration(const Sight& sight, const Past& past,
                                 const std::vector<dns::Name>& targets,
                                 std::chrono::sys_seconds now);

/// The mx that a policy has between admit-both and drop-old: what it has now,
/// and what is missing for the MX record as it is and for `targets`.
std::vector<MxPattern> admit_both(const Policy& policy, const Sight& sight,
                                  const std::vector<dns::Name>& targets);

}  // namespace mtasts::sts
