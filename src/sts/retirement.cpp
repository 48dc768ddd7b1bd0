// SPDX-License-Identifier: MIT
#include "sts/retirement.hpp"

#include <algorithm>
#include <optional>

#include "sts/policy.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::sys_seconds;

/// When no sender holds a policy any more that asks something of it. One that
/// fetches nothing under the same id counts its max_age from when it has seen
/// that last, and finds no other once there is no record.
sys_seconds forgotten_from(const Sight& sight, const Past& past,
                           sys_seconds now) {
  const sys_seconds published = published_from(sight, now);
  if (past.empty()) {
    return std::max(published + sight.txt_ttl + k_sender_pause,
                    assume_forgotten(sight, now) + sight.txt_ttl);
  }
  const Served* last = nullptr;
  for (const Served& one : past.served()) {
    if (one.policy.mode() == Mode::none) continue;
    if (last == nullptr || one.served_until(now) >= last->served_until(now)) {
      last = &one;
    }
  }
  sys_seconds from = published + k_sender_pause;
  if (sight.earlier_max_age) {
    from = std::max(from, assume_forgotten(sight, now));
  }
  for (const Served& one : past.served()) {
    if (one.policy.mode() == Mode::none) continue;
    // Its id was in the record until another came.
    const sys_seconds until = one.served_until(now);
    const sys_seconds replaced =
        &one == last ? std::max(until, published) : until + k_record_lag;
    from = std::max(from, replaced + one.policy.max_age());
  }
  return from + sight.txt_ttl;
}

}  // namespace

std::vector<Step> plan_retirement(const Sight& sight, const Past& past,
                                  sys_seconds now) {
  const bool is_gone = sight.id && sight.id->empty();
  // Neither record nor policy: all is done.
  std::optional<bool> is_none;
  if (is_gone && sight.has_no_policy) is_none = true;
  std::optional<bool> is_published = find_published(sight);
  if (sight.policy) {
    is_none = sight.policy->mode() == Mode::none;
    if (is_published) is_published = *is_none && *is_published;
  }
  const sys_seconds from = forgotten_from(sight, past, now);
  sys_seconds gone = std::max(now, from);
  if (is_gone) {
    // Where the record went too early, those that still hold a policy may find
    // mode none for as long.
    gone = std::max(sight.record_since.value_or(now),
                    past.cached_until(now).value_or(sys_seconds::min()));
  }
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

std::chrono::sys_seconds earliest_removal(std::chrono::sys_seconds cached_until,
                                          std::chrono::seconds txt_ttl) {
  return cached_until + txt_ttl + std::chrono::days(1);
}

}  // namespace mtasts::sts
