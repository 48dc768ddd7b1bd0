// SPDX-License-Identifier: MIT
// What people meant who wrote something else into a policy. Whatever is given
// here has been read and is good; nothing is given where the meaning is not
// plain.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"

namespace mtasts::sts {

/// The hosts that stand in `text`, which is no mx pattern.
std::vector<MxPattern> find_meant_mx(std::string_view text);

/// Says better than `fault`, the fault of its grammar, what is wrong with an
/// mx; the hint is empty where find_meant_mx() says it all.
Error explain_mx(std::string_view text, Error fault);

/// "Enforce", "testing;".
std::optional<Mode> find_meant_mode(std::string_view text);

/// "1w", "604,800", "7 days"; it may be more than a policy can have.
std::optional<std::chrono::seconds> find_meant_max_age(std::string_view text);

}  // namespace mtasts::sts
