// SPDX-License-Identifier: MIT
// Says in which order, and from when on, a domain leaves MTA-STS.
#include <utility>

#include "command_line.hpp"
#include "tool/plan_document.hpp"
#include "tool/plan_run.hpp"
#include "tool/tool.hpp"

namespace mtasts::tool {
namespace {

Exit retire(Arguments& arguments) {
  PlanOptions options;
  declare(arguments, options);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  options.look.config = arguments.config();
  options.look.is_default_config = arguments.is_default_config();
  // Mail servers have no part in it.
  options.look.has_no_smtp = true;
  return run_plan(
      options, [](const PlanInput& input, const verify::Facts&, verify::Shared&,
                  nameserver::Resolver&) { return make_retirement(input); });
}

}  // namespace

const Command k_retire = {.usage = "retire DOMAIN",
                          .about = "say when a domain may leave MTA-STS",
                          .run = retire,
                          .options = k_plan_help};

}  // namespace mtasts::tool
