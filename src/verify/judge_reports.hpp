// SPDX-License-Identifier: MIT
// Where reports go (RFC 8460, 3). Pure.
#pragma once

#include "diagnostic.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {

Diagnostics judge_reports(const Case& on);

}  // namespace mtasts::verify
