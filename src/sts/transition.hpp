// SPDX-License-Identifier: MIT
// What a change of a policy does to senders that hold the one before: which
// changes are harmless, which need a date, and which lose mail or strand a
// cached policy (RFC 8461, 5 and 8.1 to 8.4).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sts/policy.hpp"

namespace mtasts::sts {

/// A refused change is not served; the policies of before stay.
enum class Verdict { note, warn, refuse };

struct Transition {
  std::string_view id;  // stable: "transition.domain-removed"
  Verdict verdict;
  std::string message;
  std::string hint;
};

/// The change of one domain.
struct Change {
  std::string_view domain;
  const Policy* before = nullptr;  // null: was not served
  const Policy* after = nullptr;   // null: is gone
  /// The day of `after` on which the domain may go; see Publication::retire.
  std::optional<std::chrono::sys_days> retire = {};
  /// Past::cached_until() and Past::enforced_until(), or what `before` alone
  /// says when nothing else is known.
  std::optional<std::chrono::sys_seconds> cached_until = {};
  std::optional<std::chrono::sys_seconds> enforced_until = {};
  /// It has never been served, as far as is known; false also when there is no
  /// history.
  bool is_new = false;
  /// What senders have reported of the last day, if anybody has counted it.
  std::optional<bool> has_failures = {};
};

/// All there is to say of it, the worst first.
std::vector<Transition> find_transitions(const Change& change,
                                         std::chrono::sys_seconds now);

/// Fewer are changed by somebody who edits.
constexpr std::size_t k_mass_least = 20;

/// Many domains at once.
struct MassChange {
  std::size_t served = 0;   // before
  std::size_t changed = 0;  // of these, with another policy or none
  /// Of these, without what they had: gone, no longer in mode enforce, or with
  /// none of the mx of before.
  std::size_t lost = 0;
};

/// What is usual when a generator has gone wrong: more than k_mass_least, and
/// more than one in ten. Losses are refused, of other changes is warned.
std::optional<Transition> find_mass_change(const MassChange& mass);

}  // namespace mtasts::sts
