// SPDX-License-Identifier: MIT
// Plans how a domain leaves MTA-STS while senders hold its policies.
#include <optional>
#include <string>

#include "command_line.hpp"
#include "tool/life_plan.hpp"
#include "tool/plan_run.hpp"
#include "tool/tool.hpp"

namespace mtasts::tool {
namespace {

Exit retire(Arguments& arguments) {
  PlanOptions options;
  arguments.add_option("--removed", options.removed);
  declare(arguments, options);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  return run_plan(arguments, options, {}, make_retirement_plan);
}

const std::string k_help =
    std::string(
        R"(  --removed TIME      since when the record is gone (default: since now)
)") +
    std::string(k_plan_help);

}  // namespace

const Command k_retire = {.usage = "retire DOMAIN",
                          .about = "leave MTA-STS, step by step",
                          .run = retire,
                          .options = k_help};

}  // namespace mtasts::tool
