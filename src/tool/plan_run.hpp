// SPDX-License-Identifier: MIT
// What plan and retire have in common: how they are told what to look at, the
// look, and the plan printed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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

/// The lines of the help that both have.
constexpr std::string_view k_plan_help =
    R"(  --published TIME    since when the record is there that is seen now, as in
                      2026-11-28T06:00:00Z (default: since now)
  --max-age TIME      the largest max_age before that, where no history tells
                      or it tells too little
  --history FILE      what was served; given once or more (default: that of the
                      configuration)
  --format FORM       text, json or ics, a calendar (default: text)
  --dns ADDRESS       a resolver (default: those of /etc/resolv.conf)
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask addresses that are not public, too
  --timeout TIME      of one conversation (default: 60s)
)";

/// Options for both, and the word that is the domain.
void declare(Arguments& arguments, PlanOptions& options);

/// Looks at the domain, has `make` plan, and prints the plan. `targets` is
/// empty where mail servers don't matter.
Exit run_plan(const Arguments& arguments, const PlanOptions& options,
              const std::vector<dns::Name>& targets,
              Plan (*make)(const PlanInput& input));

}  // namespace mtasts::tool
