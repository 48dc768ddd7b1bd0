// SPDX-License-Identifier: MIT
#include "tool/plan_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "config/load.hpp"
#include "process/clock.hpp"
#include "text/parse_time.hpp"
#include "tls/client.hpp"
#include "tool/history_files.hpp"
#include "tool/plan_output.hpp"
#include "tool/sandbox.hpp"
#include "tool/sight.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::sys_seconds;

/// No configuration stands for one without policies, unless it was named.
std::optional<config::Config> load(const PlanOptions& options) {
  const std::string& path = options.look.config;
  if (options.look.is_default_config && ::access(path.c_str(), F_OK) != 0 &&
      errno == ENOENT) {
    return config::Config{};
  }
  config::Loaded loaded = config::load_config(path);
  if (!loaded.config) print_diagnostics(loaded.diagnostics);
  return std::move(loaded.config);
}

Result<std::optional<sys_seconds>> parse_since(
    std::string_view option, const std::optional<std::string>& text,
    sys_seconds now) {
  if (!text) return std::nullopt;
  const Result<sys_seconds> time = text::parse_time(*text);
  if (!time) {
    return fail(fmt::format("{}: {}", option, time.error().message),
                time.error().hint);
  }
  if (*time <= now) return *time;
  return fail(fmt::format("{} {} is still to come", option, *text));
}

/// The record counts as published when its policy was first served: publish
/// --watch does so in seconds.
void assume_record(const sts::Past& past, sts::Sight& sight) {
  if (sight.record_since || !sight.id) return;
  for (const sts::Served& one : past.served()) {
    if (one.id == *sight.id) sight.record_since = one.first;
  }
}

struct World {
  config::Config config;
  Histories histories;
  verify::LookOptions look;
  tls::TrustStore roots;
  std::optional<sys_seconds> record_since;
  std::optional<sys_seconds> mx_since;
};

/// All that is read before strangers are asked.
Result<World> prepare(const PlanOptions& options, config::Config config,
                      sys_seconds now) {
  const auto record_since =
      parse_since("--record-since", options.record_since, now);
  if (!record_since) return fail(record_since.error());
  const auto mx_since = parse_since("--mx-since", options.mx_since, now);
  if (!mx_since) return fail(mx_since.error());
  std::vector<std::string> files = options.histories;
  const std::string& own = config.startup.history;
  if (!own.empty() && std::ranges::find(files, own) == files.end()) {
    files.insert(files.begin(), own);
  }
  Result<Histories> histories = read_histories(files);
  if (!histories) return fail(histories.error());
  Result<verify::LookOptions> look =
      make_look_options(options.look, config.tool.verify);
  if (!look) return fail(look.error());
  look->has_reports = false;
  Result<tls::TrustStore> roots =
      tls::TrustStore::load(options.look.ca.value_or(config.tool.verify.ca));
  if (!roots) return fail(roots.error());
  return World{.config = std::move(config),
               .histories = *std::move(histories),
               .look = *std::move(look),
               .roots = *std::move(roots),
               .record_since = *record_since,
               .mx_since = *mx_since};
}

std::string format(const PlanDocument& plan, const std::string& form) {
  if (form == "json") return format_plan_json(plan);
  return form == "ics" ? format_plan_ics(plan) : format_plan_text(plan);
}

}  // namespace

void declare(Arguments& arguments, PlanOptions& options) {
  arguments.add_list("--history", options.histories);
  arguments.add_option("--record-since", options.record_since);
  arguments.add_option("--mx-since", options.mx_since);
  arguments.add_choice("--format", options.format, {"text", "json", "ics"});
  arguments.add_option("--connect-to", options.look.connect_to);
  arguments.add_list("--dns", options.look.dns);
  arguments.add_flag("--trust-ad", options.look.trusts_ad);
  arguments.add_flag("--no-authoritative", options.look.has_no_authoritative);
  arguments.add_flag("--no-smtp", options.look.has_no_smtp);
  arguments.add_option("--helo", options.look.helo);
  arguments.add_option("--ca", options.look.ca);
  arguments.add_flag("--allow-private", options.look.allow_private);
  arguments.add_option("--timeout", options.look.timeout);
  arguments.add_words("domain", options.look.domains, 1);
}

Exit run_plan(const PlanOptions& options, const MakePlan& make) {
  const Result<std::vector<std::string>> domains = read_domains(options.look);
  if (!domains) {
    print_error(domains.error());
    return Exit::usage;
  }
  if (domains->empty()) return print_usage_error("no domain is named");
  std::optional<config::Config> config = load(options);
  if (!config) return Exit::fault;
  const sys_seconds now = process::this_second();
  Result<World> world = prepare(options, *std::move(config), now);
  if (!world) {
    print_error(world.error());
    return Exit::usage;
  }
  warn_of(world->histories.bad);
  PlanInput input{.domain = domains->front(),
                  .sight = {},
                  .past = {},
                  .gaps = {},
                  .now = now};
  for (const sts::HistoryLine& line : world->histories.lines) {
    if (line.domain == input.domain) input.past.add(line);
  }
  verify::Shared shared(world->look, std::move(world->roots));
  enter_sandbox(world->config.startup.sandbox);
  nameserver::Resolver resolver(world->look.resolver);
  const verify::Facts facts =
      verify::look(input.domain, nullptr, shared, resolver, now);
  const auto own_mx = verify::find_own_mx(facts, shared, resolver);
  input.sight = make_sight(facts, own_mx, input.gaps);
  input.sight.record_since = world->record_since;
  input.sight.mx_since = world->mx_since;
  assume_record(input.past, input.sight);
  const PlanDocument plan = make(std::move(input), facts, shared, resolver);
  if (!print(format(plan, options.format))) return Exit::fault;
  return plan.gaps.empty() ? Exit::good : Exit::untested;
}

}  // namespace mtasts::tool
