// SPDX-License-Identifier: MIT
// The text that was fetched, against the configuration or by the RFC. Pure.
#pragma once

#include "diagnostic.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {

/// That an address serves another policy than the id in the DNS says is the
/// business of judge_sts().
Diagnostics judge_policy(const Case& on);

}  // namespace mtasts::verify
