// SPDX-License-Identifier: MIT
// Says in which order, and from when on, a domain moves to other MX hosts.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "dns/name.hpp"
#include "text/ascii.hpp"
#include "tool/plan_document.hpp"
#include "tool/plan_run.hpp"
#include "tool/sight.hpp"
#include "tool/tool.hpp"

namespace mtasts::tool {
namespace {

constexpr std::size_t k_most_targets = 32;

/// "mx1.example.net,mx2.example.net".
Result<std::vector<dns::Name>> parse_targets(std::string_view text) {
  std::vector<dns::Name> targets;
  while (!text.empty()) {
    const std::string_view word = text::trim(text::take_until(text, ","));
    Result<dns::Name> name = dns::Name::from_typed(word);
    if (!name) return fail(about_value("--to", word, name.error()));
    targets.push_back(*std::move(name));
  }
  if (targets.empty() || targets.size() > k_most_targets) {
    return fail(
        "--to needs 1 to 32 hosts",
        "mta-sts plan example.com --to mx1.example.net,mx2.example.net");
  }
  return targets;
}

Exit plan(Arguments& arguments) {
  PlanOptions options;
  std::string to;
  arguments.add_required("--to", to);
  declare(arguments, options);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  options.look.config = arguments.config();
  options.look.is_default_config = arguments.is_default_config();
  const Result<std::vector<dns::Name>> targets = parse_targets(to);
  if (!targets) {
    print_error(targets.error());
    return Exit::usage;
  }
  return run_plan(options, [&](PlanInput input, const verify::Facts& facts,
                               verify::Shared& shared,
                               nameserver::Resolver& resolver) {
    std::vector<std::string> faults;
    if (shared.options().has_smtp) {
      std::vector<verify::MxHost> hosts;
      for (const dns::Name& target : *targets) {
        hosts.push_back(
            verify::look_at_mail_server(target.text(), shared, resolver));
      }
      input.sight.are_targets_good = are_good(facts, std::move(hosts), faults);
    }
    if (!input.sight.are_targets_good) {
      input.gaps.push_back("the new mail servers could not be tested");
    }
    return make_migration(input, *targets, faults);
  });
}

const std::string k_help =
    "  --to MX,..          the hosts that shall receive mail (required)\n" +
    std::string(k_plan_help);

}  // namespace

const Command k_plan = {
    .usage = "plan DOMAIN --to MX,..",
    .about = "say when which step to other MX hosts is safe",
    .run = plan,
    .options = k_help};

}  // namespace mtasts::tool
