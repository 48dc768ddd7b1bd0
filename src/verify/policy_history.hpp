// SPDX-License-Identifier: MIT
// Which policy came before, told by its id alone: policies change by a step.
// Pure.
#pragma once

#include <optional>
#include <string_view>

#include "sts/policy.hpp"

namespace mtasts::verify {

/// The policy with that id, if it is `now` in another mode, with another usual
/// max_age, or without one of its mx.
std::optional<sts::Policy> find_earlier(const sts::Policy& now,
                                        std::string_view id);

}  // namespace mtasts::verify
