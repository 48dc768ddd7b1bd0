// SPDX-License-Identifier: MIT
// The record at _mta-sts (RFC 8461, 3.1): its text, its place and its id. Pure.
#pragma once

#include "diagnostic.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {

Diagnostics judge_sts(const Case& on);

}  // namespace mtasts::verify
