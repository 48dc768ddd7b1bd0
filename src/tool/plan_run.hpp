// SPDX-License-Identifier: MIT
// What plan and retire have in common: how they are told what to look at, the
// look, and the plan printed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "dns/name.hpp"
#include "tool/life_plan.hpp"
#include "tool/verify_options.hpp"

namespace mtasts::tool {

struct PlanOptions {
  VerifyOptions look = {};
  std::vector<std::string> histories = {};
  std::string format = "text";
  std::optional<std::string> max_age = {};
  // Since when things are as they are: the record that has the id now, and
  // what comes after it: the MX records, or that the record is gone.
  std::optional<std::string> published = {};
  std::optional<std::string> moved = {};
  std::optional<std::string> removed = {};
};

/// Options for both, and the word that is the domain.
void declare(Arguments& arguments, PlanOptions& options);

/// Looks at the domain, has `make` plan, and prints the plan. `targets` is
/// empty where mail servers don't matter.
Exit run_plan(const Arguments& arguments, const PlanOptions& options,
              const std::vector<dns::Name>& targets,
              Plan (*make)(const PlanInput& input));

}  // namespace mtasts::tool
