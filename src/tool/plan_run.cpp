// SPDX-License-Identifier: MIT
#include "tool/plan_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "config/config.hpp"
#include "nameserver/resolver.hpp"
#include "net/endpoint.hpp"
#include "process/clock.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"
#include "text/duration.hpp"
#include "text/parse_time.hpp"
#include "text/time.hpp"
#include "tls/client.hpp"
#include "tool/history_files.hpp"
#include "tool/plan_output.hpp"
#include "tool/sandbox.hpp"
#include "verify/look.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// --- What the operator says of times ---

struct Times {
  std::optional<sys_seconds> published = {};
  std::optional<sys_seconds> moved = {};
  std::optional<sys_seconds> removed = {};
  std::optional<seconds> max_age = {};
};

Result<std::optional<sys_seconds>> parse_past(
    std::string_view option, const std::optional<std::string>& text,
    sys_seconds now) {
  if (!text) return std::optional<sys_seconds>();
  const Result<sys_seconds> time = text::parse_time(*text);
  if (!time) return fail(about_value(option, *text, time.error()));
  if (*time <= now) return std::optional(*time);
  return fail(fmt::format("{} {} is still to come", option, *text),
              fmt::format("it is now {}", text::format_time(now)));
}

Result<Times> parse_times(const PlanOptions& options, sys_seconds now) {
  Times times;
  const auto published = parse_past("--published", options.published, now);
  if (!published) return fail(published.error());
  const auto moved = parse_past("--moved", options.moved, now);
  if (!moved) return fail(moved.error());
  const auto removed = parse_past("--removed", options.removed, now);
  if (!removed) return fail(removed.error());
  times.published = *published;
  times.moved = *moved;
  times.removed = *removed;
  if (options.max_age) {
    const Result<seconds> age = text::parse_duration(*options.max_age);
    if (!age)
      return fail(about_value("--max-age", *options.max_age, age.error()));
    times.max_age = std::min(*age, sts::k_max_max_age);
  }
  return times;
}

/// The max_age of what senders may hold, where no history tells and nobody says
/// it; nothing: that of the policy that is seen.
std::optional<seconds> assume_max_age(const PlanInput& input) {
  const std::optional<sts::Policy>& seen = input.seen.sight.policy;
  if (!input.past.empty() || (seen && seen->mode() != sts::Mode::none)) {
    return {};
  }
  // What was before mode none is not to be seen any more.
  const bool is_ours =
      !seen && input.ours != nullptr && input.ours->mode() != sts::Mode::none;
  return is_ours ? input.ours->max_age() : sts::k_max_max_age;
}

/// Adds what is not to be seen.
void add_times(const Times& times, PlanInput& input) {
  sts::Sight& sight = input.seen.sight;
  sight.mx_since = times.moved;
  const bool is_gone = sight.id && sight.id->empty();
  sight.record_since = is_gone ? times.removed : times.published;
  sight.earlier_max_age = times.max_age ? times.max_age : assume_max_age(input);
  if (!sight.record_since || !sight.policy) return;
  // The record came after the policy (RFC 8461, 8.1): not before that.
  const std::string id = sts::policy_id(sts::format_policy(*sight.policy));
  for (const sts::Served& one : input.past.served()) {
    if (one.id == id && sight.id == id) {
      sight.record_since = std::max(*sight.record_since, one.first);
    }
  }
}

/// What is seen is served, whatever the history says.
void add_seen(PlanInput& input) {
  const std::optional<sts::Policy>& policy = input.seen.sight.policy;
  if (!policy || input.past.empty()) return;
  const std::string id = sts::policy_id(sts::format_policy(*policy));
  const bool is_known = std::ranges::any_of(
      input.past.served(),
      [&](const sts::Served& one) { return one.id == id && one.is_open(); });
  if (is_known) return;
  input.past.add({.time = input.now,
                  .event = sts::HistoryLine::Event::serve,
                  .domain = input.domain,
                  .id = id,
                  .policy = *policy});
}

// --- The look ---

Look look_at(const PlanInput& input, const publish::PublicationPtr& ours,
             verify::Shared& shared) {
  nameserver::Resolver resolver(shared.options().resolver);
  Look look{
      .facts = verify::look(input.domain, ours, shared, resolver, input.now),
      .targets = input.targets};
  if (input.targets.empty()) return look;
  for (const verify::NameServer& one : look.facts.servers) {
    if (!has_way_to(look.facts.view, one.address)) continue;
    look.mx.push_back(
        resolver.ask_directly({.address = one.address, .port = net::k_dns_port},
                              input.domain, nameserver::Type::mx));
  }
  return look;
}

/// Where there is nothing to plan by: printed, with what to do.
std::optional<Exit> find_end(const PlanInput& input) {
  const sts::Sight& sight = input.seen.sight;
  if (sight.policy || input.ours != nullptr) return std::nullopt;
  if (!sight.has_no_policy || !sight.id) {
    for (const std::string& one : input.seen.unseen) {
      print_message("warning", "unseen: " + printable(one));
    }
    print_error(
        fmt::format("the policy of {} could not be looked at", input.domain),
        fmt::format("mta-sts verify {}", input.domain));
    return Exit::untested;
  }
  if (input.targets.empty()) return std::nullopt;
  const auto until = input.past.enforced_until(input.now);
  if (until && *until > input.now) {
    print_error(fmt::format("{} has no policy, and senders may hold its last "
                            "one until {}",
                            input.domain, text::format_time(*until)),
                "serve it again, and let it admit the new hosts");
    return Exit::fault;
  }
  print(
      fmt::format("{}: has no MTA-STS: nothing stands in the way of other MX "
                  "hosts\n",
                  input.domain));
  return Exit::good;
}

bool print_plan(const Plan& plan, std::string_view format) {
  if (format == "json") return print(format_plan_json(plan));
  if (format == "text") return print(format_plan_text(plan));
  const std::string calendar = format_plan_ics(plan);
  if (calendar.empty()) {
    print_message(
        "note",
        is_done(plan)
            ? fmt::format("nothing is left to do for {}", plan.domain)
            : fmt::format("{}: there is no date to print", plan.domain));
  }
  for (const std::string& one : plan.unseen) {
    print_message("warning", "unseen: " + printable(one));
  }
  return print(calendar);
}

/// The command as it was called: with the configuration that was named.
std::string format_command(const Arguments& arguments) {
  return arguments.is_default_config()
             ? "mta-sts"
             : fmt::format("mta-sts -c {}", arguments.config());
}

Exit look_and_print(const PlanOptions& options, const config::Config& config,
                    const Times& times, PlanInput input,
                    Plan (*make)(const PlanInput& input)) {
  Result<verify::LookOptions> look =
      make_look_options(options.look, config.tool.verify);
  Result<tls::TrustStore> roots =
      tls::TrustStore::load(options.look.ca.value_or(config.tool.verify.ca));
  if (!look || !roots) {
    print_error(look ? roots.error() : look.error());
    return Exit::usage;
  }
  look->has_reports = false;
  look->has_smtp = !input.targets.empty();
  for (const dns::Name& host : input.targets) {
    look->mail_hosts.push_back(host.text());
  }
  verify::Expected expected;
  if (const auto* found = config.live.by_domain.find(input.domain)) {
    expected.publication = *found;
    input.ours = found->get();
  }
  verify::Shared shared(*look, *std::move(roots));
  // From here on, octets of strangers are read.
  enter_sandbox(config.startup.sandbox);
  input.seen =
      make_seen(look_at(input, expected.publication, shared), expected);
  add_seen(input);
  add_times(times, input);
  if (const auto end = find_end(input)) return *end;
  const Plan plan = make(input);
  if (!print_plan(plan, options.format)) return Exit::fault;
  return plan.unseen.empty() ? Exit::good : Exit::untested;
}

}  // namespace

void declare(Arguments& arguments, PlanOptions& options) {
  arguments.add_option("--published", options.published);
  arguments.add_option("--max-age", options.max_age);
  arguments.add_list("--history", options.histories);
  arguments.add_choice("--format", options.format, {"text", "json", "ics"});
  arguments.add_list("--dns", options.look.dns);
  arguments.add_option("--ca", options.look.ca);
  arguments.add_flag("--allow-private", options.look.allow_private);
  arguments.add_option("--timeout", options.look.timeout);
  arguments.add_words("domain", options.look.domains, 1);
}

Exit run_plan(const Arguments& arguments, const PlanOptions& options,
              const std::vector<dns::Name>& targets,
              Plan (*make)(const PlanInput& input)) {
  if (options.look.domains.empty()) {
    return print_usage_error("no domain is named");
  }
  const sys_seconds now = process::this_second();
  const Result<std::vector<std::string>> domains = read_domains(options.look);
  const Result<Times> times = parse_times(options, now);
  if (!domains || !times) {
    print_error(domains ? times.error() : domains.error());
    return Exit::usage;
  }
  const auto config = load_config_if_there(arguments);
  if (!config) return Exit::fault;
  Result<Pasts> pasts = read_pasts(options.histories, *config);
  if (!pasts) {
    print_error(pasts.error());
    return Exit::fault;
  }
  return look_and_print(options, *config, *times,
                        {.domain = domains->front(),
                         .can_publish = config->tool.publish.has_value(),
                         .command = format_command(arguments),
                         .past = std::move((*pasts)[domains->front()]),
                         .targets = targets,
                         .now = now},
                        make);
}

}  // namespace mtasts::tool
