// SPDX-License-Identifier: MIT
// From what was seen of a domain to what is wrong with it: no clock, no
// network, the same findings for the same facts. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "diagnostic.hpp"
#include "publish/publication.hpp"
#include "sts/life_cycle.hpp"
#include "sts/policy.hpp"
#include "verify/facts.hpp"

namespace mtasts::verify {

/// What the configuration says of the domain, if it has it.
struct Expected {
  /// Null: no configuration has the domain, and there is nothing to compare
  /// with.
  publish::PublicationPtr publication;
  std::vector<std::string> addresses = {};  // of the policy host; empty: any
  std::vector<std::string> issuers = {};  // CAs that certificates are got from,
                                          // as CAA records name them
  std::string challenges = {};  // folder of ACME challenges; empty: none
  sts::Past past = {};  // what was served before, as the history knows it
};

/// By subject in the order of a look: DNS, policy host, policy, MX hosts,
/// reports. `place.file` of a finding is its subject: a name, or a name and an
/// address: "mx1.example.com 192.0.2.1".
Diagnostics judge(const Facts& facts, const Expected& expected,
                  std::chrono::sys_seconds now);

/// The policy that senders would find: the one that was fetched, or that of the
/// configuration when it is only planned; nothing when there is none.
std::optional<sts::Policy> find_policy(const Facts& facts,
                                       const Expected& expected);

}  // namespace mtasts::verify
