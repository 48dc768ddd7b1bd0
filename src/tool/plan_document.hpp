// SPDX-License-Identifier: MIT
// A plan as people carry it out: each step with what to write and to type. All
// forms of output are made of this. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.hpp"
#include "sts/life_cycle.hpp"
#include "sts/migration.hpp"
#include "sts/step.hpp"

namespace mtasts::tool {

struct PlannedStep {
  sts::Step step;
  std::string title;
  std::vector<std::string> how;  // lines to write or to type, or what is wrong
};

struct PlanDocument {
  std::string_view kind;  // "migration", "retirement"
  std::string domain;
  std::string title;  // "move the mail of example.com to mx.example.net"
  std::chrono::sys_seconds at;
  std::vector<PlannedStep> steps;
  std::vector<std::string> gaps;   // what could not be seen
  std::vector<std::string> notes;  // what was taken for granted
};

/// What both plans are made of.
struct PlanInput {
  std::string domain;
  sts::Sight sight;
  sts::Past past;
  std::vector<std::string> gaps;
  std::chrono::sys_seconds now;
};

/// `faults` is what keeps mail from the new hosts.
PlanDocument make_migration(const PlanInput& input,
                            const std::vector<dns::Name>& targets,
                            const std::vector<std::string>& faults);

PlanDocument make_retirement(const PlanInput& input);

}  // namespace mtasts::tool
