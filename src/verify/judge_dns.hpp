// SPDX-License-Identifier: MIT
// What the resolver and the name servers of the zone say. Pure.
#pragma once

#include "diagnostic.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {

/// Whether there were answers at all, aliases, name servers, signatures.
Diagnostics judge_dns(const Case& on);

}  // namespace mtasts::verify
