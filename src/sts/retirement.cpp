// SPDX-License-Identifier: MIT
#include "sts/retirement.hpp"

#include <algorithm>
#include <optional>

#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::sys_seconds;

/// When no sender holds a policy any more that asks something of it. One that
/// fetches nothing under the same id holds it until it has seen another.
sys_seconds forgotten_from(const Sight& sight, const Past& past,
                           sys_seconds now) {
  sys_seconds from = sight.record_since.value_or(now) + sight.txt_ttl;
  if (const auto until = past.cached_until(now)) from = std::max(from, *until);
  if (past.empty()) from = std::max(from, assume_forgotten(sight, now));
  return from;
}

}  // namespace

std::vector<Step> plan_retirement(const Sight& sight, const Past& past,
                                  sys_seconds now) {
  const bool is_gone = sight.id && sight.id->empty();
  // Neither record nor policy: all is done.
  std::optional<bool> is_none;
  if (is_gone && sight.has_no_policy) is_none = true;
  std::optional<bool> is_published;
  if (sight.policy) {
    is_none = sight.policy->mode() == Mode::none;
    if (sight.id) {
      is_published =
          *is_none && *sight.id == policy_id(format_policy(*sight.policy));
    }
  }
  const sys_seconds from = forgotten_from(sight, past, now);
  const sys_seconds gone =
      is_gone ? sight.record_since.value_or(now) : std::max(now, from);
  std::optional<bool> is_removed;
  if (sight.id) is_removed = is_gone;
  std::optional<bool> has_no_host;
  if (sight.has_no_policy || sight.policy) has_no_host = sight.has_no_policy;
  return arrange(
      {{k_serve_none, is_none, {}},
       {k_publish_none, is_gone ? true : is_published, {}},
       {k_remove_record, is_removed, from},
       {k_remove_host, has_no_host, earliest_removal(gone, sight.txt_ttl)}},
      now);
}

}  // namespace mtasts::sts
