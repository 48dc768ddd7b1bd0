// SPDX-License-Identifier: MIT
// MX records and the patterns of the policy (RFC 8461, 4.1). Pure.
#pragma once

#include "diagnostic.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {

Diagnostics judge_mx(const Case& on);

}  // namespace mtasts::verify
