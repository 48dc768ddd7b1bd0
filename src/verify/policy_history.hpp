// SPDX-License-Identifier: MIT
// Which policy came before, told by its id: the history knows it, or else
// policies change by a step. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "sts/life_cycle.hpp"
#include "sts/policy.hpp"

namespace mtasts::verify {

/// The policy with that id, if `past` has it, or if it is `now` in another
/// mode, with another usual max_age, or without one of its mx.
std::optional<sts::Policy> find_earlier(const sts::Policy& now,
                                        const sts::Past& past,
                                        std::string_view id);

}  // namespace mtasts::verify
