// SPDX-License-Identifier: MIT
// What the DNS says of one domain, but for its mail servers: records, policy
// host, zone, and names that anybody could register.
#pragma once

#include "sts/policy.hpp"
#include "verify/facts.hpp"
#include "verify/look.hpp"
#include "verify/questions.hpp"

namespace mtasts::verify {

/// The TXT records of facts.domain, and where they are put by mistake.
void look_at_records(Questions& questions, Facts& facts);

/// The addresses of the policy host.
void look_at_policy_host(Questions& questions, Facts& facts);

/// Which CAs may issue for it (RFC 8659, 3).
void look_at_caa(Questions& questions, Facts& facts);

/// The zone, and what each of its name servers says.
void look_at_zone(Questions& questions, const LookOptions& options,
                  Facts& facts);

/// Names that nobody may have: of the policy, null if there is none, and of
/// aliases.
void look_for_owners(Questions& questions, const sts::Policy* policy,
                     Facts& facts);

}  // namespace mtasts::verify
