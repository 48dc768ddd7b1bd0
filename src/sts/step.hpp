// SPDX-License-Identifier: MIT
// Steps of a change that takes days: what is done, what is to be done now, and
// what has to wait until when.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace mtasts::sts {

enum class StepState {
  done,
  due,      // the next thing to do
  waiting,  // the next thing to do, but not before Step::from
  later,    // after the one that is due or waiting
  unknown,  // could not be looked at
};

struct Step {
  std::string_view id;  // stable: "migration.move-mx"
  StepState state = StepState::later;
  /// Not before then, at the earliest that is possible from now on; nothing:
  /// there is no need to wait.
  std::optional<std::chrono::sys_seconds> from = {};

  friend bool operator==(const Step&, const Step&) = default;
};

/// A step before it is known which comes next.
struct Stage {
  std::string_view id;
  std::optional<bool> is_done;  // nothing: could not be looked at
  std::optional<std::chrono::sys_seconds> from = {};
};

/// The first stage that is not done is due, or waits; those behind it come
/// later, unless they are done.
std::vector<Step> arrange(const std::vector<Stage>& stages,
                          std::chrono::sys_seconds now);

}  // namespace mtasts::sts
