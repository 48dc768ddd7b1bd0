// SPDX-License-Identifier: MIT
// One line of a policy: sts-policy-field of RFC 8461, 3.2, whatever the field.
#pragma once

#include <array>
#include <string_view>

#include "result.hpp"

namespace mtasts::sts {

struct PolicyLine {
  std::string_view name;   // not looked at
  std::string_view value;  // without the white space around it
  bool tab_before_value;
};

/// Takes `text`, without its terminator, apart. The error's hint names who
/// minds, or the section.
Result<PolicyLine> parse_line(std::string_view text);

/// All but the extensions.
constexpr std::array<std::string_view, 4> k_policy_fields = {"version", "mode",
                                                             "max_age", "mx"};

bool is_policy_field(std::string_view name);

}  // namespace mtasts::sts
