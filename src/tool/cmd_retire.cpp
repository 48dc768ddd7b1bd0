// SPDX-License-Identifier: MIT
// Plans how a domain leaves MTA-STS while senders hold its policies.
#include <optional>
#include <string_view>

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

constexpr std::string_view k_help =
    R"(  --removed TIME      since when the record is gone (default: since now)
  --published TIME    since when the record is there that is seen now, as in
                      2026-11-28T06:00:00Z (default: since now)
  --max-age TIME      the largest max_age before that, where no history tells
  --history FILE      what was served; given once or more (default: that of the
                      configuration)
  --format FORM       text, json or ics, a calendar (default: text)
  --dns ADDRESS       a resolver (default: those of /etc/resolv.conf)
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask addresses that are not public, too
  --timeout TIME      of one conversation (default: 60s)
)";

}  // namespace

const Command k_retire = {.usage = "retire DOMAIN",
                          .about = "leave MTA-STS, step by step",
                          .run = retire,
                          .options = k_help};

}  // namespace mtasts::tool
