// SPDX-License-Identifier: MIT
// Plans how a domain moves to other MX hosts while senders hold its policy.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "dns/name.hpp"
#include "text/ascii.hpp"
#include "tool/life_plan.hpp"
#include "tool/plan_run.hpp"
#include "tool/tool.hpp"

namespace mtasts::tool {
namespace {

/// "mx1.example.com,mx2.example.com", any number of times.
Result<std::vector<dns::Name>> parse_targets(
    const std::vector<std::string>& lists) {
  std::vector<dns::Name> targets;
  for (std::string_view rest : lists) {
    while (!rest.empty()) {
      const std::string_view word = text::trim(text::take_until(rest, ","));
      Result<dns::Name> name = dns::Name::from_typed(word);
      if (!name) return fail(about_value("--to", word, name.error()));
      if (std::ranges::find(targets, *name) != targets.end()) continue;
      targets.push_back(*std::move(name));
    }
  }
  if (targets.empty()) {
    return fail("--to names no host",
                "name all that shall take mail then: --to "
                "mx1.example.com,mx2.example.com");
  }
  return targets;
}

Exit plan(Arguments& arguments) {
  PlanOptions options;
  std::vector<std::string> lists;
  arguments.add_list("--to", lists);
  arguments.add_option("--moved", options.moved);
  arguments.add_option("--helo", options.look.helo);
  declare(arguments, options);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  const Result<std::vector<dns::Name>> targets = parse_targets(lists);
  if (!targets) {
    print_error(targets.error());
    return Exit::usage;
  }
  return run_plan(arguments, options, *targets, make_migration_plan);
}

const std::string k_help =
    std::string(R"(  --to HOST,..        all MX hosts that shall be; needed
  --moved TIME        since when the MX records are as they are now (default:
                      since now)
  --helo NAME         our name in EHLO (default: that of this machine)
)") +
    std::string(k_plan_help);

}  // namespace

const Command k_plan = {.usage = "plan DOMAIN",
                        .about = "move to other MX hosts, step by step",
                        .run = plan,
                        .options = k_help};

}  // namespace mtasts::tool
