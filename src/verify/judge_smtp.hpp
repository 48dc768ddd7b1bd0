// SPDX-License-Identifier: MIT
// What each MX host has shown of itself: STARTTLS, certificate, DANE. Pure.
#pragma once

#include "diagnostic.hpp"
#include "verify/judge_case.hpp"

namespace mtasts::verify {

Diagnostics judge_smtp(const Case& on);

}  // namespace mtasts::verify
