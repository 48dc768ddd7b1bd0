// SPDX-License-Identifier: MIT
#include "sts/step.hpp"

#include <utility>

namespace mtasts::sts {

std::vector<Step> arrange(const std::vector<Stage>& stages,
                          std::chrono::sys_seconds now) {
  std::vector<Step> steps;
  bool is_next = true;
  for (const Stage& stage : stages) {
    Step step{.id = stage.id, .from = stage.from};
    if (stage.is_done == true) {
      step.state = StepState::done;
      step.from = std::nullopt;
    } else if (!stage.is_done) {
      step.state = StepState::unknown;
      is_next = false;
    } else if (std::exchange(is_next, false)) {
      step.state =
          stage.from && *stage.from > now ? StepState::waiting : StepState::due;
    }
    steps.push_back(step);
  }
  return steps;
}

}  // namespace mtasts::sts
