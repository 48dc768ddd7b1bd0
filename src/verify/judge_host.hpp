// SPDX-License-Identifier: MIT
// Where the policy host leads, and which CA may vouch for it. Pure.
#pragma once

#include "diagnostic.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {

Diagnostics judge_host(const Case& on);

}  // namespace mtasts::verify
