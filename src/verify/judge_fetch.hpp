// SPDX-License-Identifier: MIT
// The answer of each address of the policy host (RFC 8461, 3.3). Pure.
#pragma once

#include "diagnostic.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {

Diagnostics judge_fetches(const Case& on);

}  // namespace mtasts::verify
