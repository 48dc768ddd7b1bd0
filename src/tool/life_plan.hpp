// SPDX-License-Identifier: MIT
// A plan as people read it: what sts/ has worked out, with what is to be typed
// for each step. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.hpp"
#include "publish/publication.hpp"
#include "sts/life_cycle.hpp"
#include "sts/step.hpp"
#include "tool/sight.hpp"

namespace mtasts::tool {

struct PlanStep {
  sts::Step step = {};
  std::string summary = {};  // "publish the record of that policy"
  std::vector<std::string> orders =
      {};  // commands, edits, records; a line each
};

struct Plan {
  std::string_view kind;  // "migration" or "retirement"
  std::string domain;
  std::string title;  // "MX hosts move to mx1.example.com"
  std::chrono::sys_seconds now;
  std::vector<PlanStep> steps = {};
  std::vector<std::string> unseen = {};  // what could not be looked at, and why
  std::vector<std::string> notes = {};   // what else is good to know
  /// The command that goes on when the step that waits has its date; empty
  /// where nothing waits.
  std::string again = {};
};

bool is_done(const Plan& plan);

/// What the operator has, and knows.
struct PlanInput {
  std::string domain = {};
  const publish::Publication* ours = nullptr;  // null: no configuration has it
  bool can_publish = false;  // the configuration has [publish]
  std::string command = {};  // "mta-sts -c FILE", as this one was called
  Seen seen = {};            // with what the operator says of times
  sts::Past past = {};       // with the policy that is seen
  std::vector<dns::Name> targets = {};  // of a migration
  std::chrono::sys_seconds now = {};
};

/// `input.seen.sight.policy` or `input.ours` is there.
Plan make_migration_plan(const PlanInput& input);
Plan make_retirement_plan(const PlanInput& input);

// --- For both ---

/// `_mta-sts.example.com. IN TXT "v=STSv1; id=..."`.
std::string format_policy_record(const std::string& domain,
                                 const sts::Policy& policy);

/// How the record of `policy` is published.
std::vector<std::string> order_publishing(const PlanInput& input,
                                          const sts::Policy& policy);

/// How `policy` comes to be served where no configuration of ours does it.
std::vector<std::string> order_serving(const std::string& domain,
                                       const sts::Policy& policy);

/// Has `command` as the next one where a step waits.
void add_next_run(Plan& plan, const std::string& command);

}  // namespace mtasts::tool
