// SPDX-License-Identifier: MIT
// Which policy a sender had, by what its report repeats of it. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "sts/policy.hpp"

namespace mtasts::reports {

struct AppliedPolicy {
  sts::Policy policy;
  std::string id;  // that of our text of it, as records have it
};

/// `lines` are those of policy-string. Reports repeat neither line ends nor the
/// id of the record, so it is the policies that are compared: what means the
/// same as one of ours has its id. Nothing when they are no policy.
std::optional<AppliedPolicy> find_applied_policy(
    std::span<const std::string> lines);

}  // namespace mtasts::reports
