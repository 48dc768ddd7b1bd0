// SPDX-License-Identifier: MIT
// The mail servers of one domain.
#pragma once

#include "verify/facts.hpp"
#include "verify/look.hpp"
#include "verify/questions.hpp"

namespace mtasts::verify {

/// The MX records of facts.domain, and each host that they name: its addresses,
/// its TLSA records, and what it says at each address. A host of other domains,
/// too, is looked at once.
void look_at_mail_servers(Shared::Parts& shared, Questions& questions,
                          Facts& facts);

}  // namespace mtasts::verify
