// SPDX-License-Identifier: MIT
// What people fetch or paste instead of a policy.
#pragma once

#include <optional>
#include <string_view>

#include "result.hpp"

namespace mtasts::sts {

/// Says what `text` is, if its start shows that it is no policy at all, so
/// that there is nothing to say of its lines.
std::optional<Error> find_stranger(std::string_view text);

}  // namespace mtasts::sts
