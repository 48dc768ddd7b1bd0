// SPDX-License-Identifier: MIT
// Holds back what would strand the policies that senders hold: judges how what
// is to be served differs from what was (sts/transition.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "publish/publication.hpp"
#include "sts/policy.hpp"

namespace mtasts::snapshot {

/// What becomes of one domain. Its pointers outlive the judgement.
struct DomainChange {
  std::string domain;
  std::optional<sts::Policy> before = {};       // nothing: was not served
  const publish::Publication* after = nullptr;  // null: is gone
  /// Until then senders may refuse mail for a policy in mode enforce.
  std::optional<std::chrono::sys_seconds> enforced_until = {};
  /// The day that `before` names: what there was before it is held until then,
  /// where nothing else tells. A replica without a history knows no more.
  std::optional<std::chrono::sys_days> retired_from = {};
  bool is_new = false;  // was never served, and there is a history
  Place place = {};     // to be blamed
};

/// Errors are refusals, of which there are none unless `guard` refuses. Of the
/// domains of one table the first is told, and how many there are more.
/// `served` is how many domains there were.
Diagnostics judge_changes(const std::vector<DomainChange>& changes,
                          std::size_t served, config::Guard guard,
                          std::chrono::sys_seconds now);

/// Of `domains` those that `older` and `newer` serve differently; what was
/// served before `older` is not known here, see History.
std::vector<DomainChange> find_changes(const config::Live& older,
                                       const config::Live& newer,
                                       const std::vector<std::string>& domains);

}  // namespace mtasts::snapshot
