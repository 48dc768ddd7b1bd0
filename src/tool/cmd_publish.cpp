// SPDX-License-Identifier: MIT
// Sends records once: what differs, whether it may be sent, the question, the
// sending, and whether it is to be seen.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "config/load.hpp"
#include "dns/name.hpp"
#include "log.hpp"
#include "publish/records.hpp"
#include "tool/publish_run.hpp"
#include "tool/publish_watch.hpp"
#include "tool/sandbox.hpp"
#include "tool/tool.hpp"

namespace mtasts::tool {
namespace {

struct Options {
  std::string config;
  std::vector<std::string> domains;
  std::vector<std::string> removals;  // --delete
  bool is_dry_run = false;
  bool is_confirmed = false;  // --yes
  bool is_watching = false;
  bool has_terminal = false;  // somebody who can be asked
  std::optional<std::string> dns;
  std::optional<std::string> roots;
  bool allow_private = false;
  std::string log_format = "text";
};

/// One domain, and what its records shall say; null: they shall go.
struct Job {
  dns::Name domain;
  publish::PublicationPtr wanted;
};

constexpr const char* k_first_table =
    "[publish] with server = \"192.0.2.53\" and key = "
    "\"/etc/mta-stsd/tsig.key\"; see mta-stsd.toml(5)";

Result<Job> make_removal(const std::string& text, const config::Live& live) {
  const Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) return fail(about_value("--delete", text, name.error()));
  const publish::Publication* policy = live.find_domain(name->text());
  if (policy != nullptr && policy->mode() != sts::Mode::none) {
    return fail(
        fmt::format("--delete {} has a policy here, in mode {}",
                    in_quotes(text), sts::format_mode(policy->mode())),
        "set mode = \"none\" first, publish it, and wait for as long as "
        "max_age was (RFC 8461, 8.3)");
  }
  return Job{*name, nullptr};
}

Result<Job> make_job(const std::string& text, const config::Live& live) {
  const Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) return fail(about_value("domain", text, name.error()));
  const publish::PublicationPtr* policy = live.by_domain.find(name->text());
  if (policy != nullptr) return Job{*name, *policy};
  return fail(fmt::format("domain {} has no policy here", in_quotes(text)),
              "mta-stsd records lists those that have; --delete takes the "
              "records of another away");
}

Result<std::vector<Job>> make_jobs(const Options& options,
                                   const config::Live& live) {
  std::vector<Job> jobs;
  for (const std::string& text : options.removals) {
    Result<Job> job = make_removal(text, live);
    if (!job) return fail(job.error());
    jobs.push_back(*std::move(job));
  }
  for (const std::string& text : options.domains) {
    Result<Job> job = make_job(text, live);
    if (!job) return fail(job.error());
    jobs.push_back(*std::move(job));
  }
  if (!jobs.empty()) return jobs;
  for (const publish::PublicationPtr& policy : live.policies) {
    for (const std::string_view domain : policy->domains()) {
      jobs.push_back({*dns::Name::parse(domain), policy});
    }
  }
  return jobs;
}

/// What is to be sent, and whether anything stands in its way.
struct Work {
  std::vector<DomainPlan> plans = {};
  std::size_t unchanged = 0;  // domains
  bool has_fault = false;
};

void report(const dns::Name& domain, const Error& error, Work& work) {
  print_error(fmt::format("{}: {}", domain.text(), error.message), error.hint);
  work.has_fault = true;
}

void plan_job(const Job& job, const Publisher& publisher, Work& work) {
  Result<DomainPlan> plan = publisher.plan(job.domain, job.wanted.get());
  if (!plan) return report(job.domain, plan.error(), work);
  for (const DomainPlan::Alias& one : plan->aliases) {
    print(fmt::format("{}: {} is an alias of {}, and left alone\n",
                      plan->domain, one.owner, one.target));
  }
  if (plan->changes.empty()) {
    ++work.unchanged;
    return;
  }
  if (job.wanted) {
    // RFC 8461, 8.1: the policy first, then the record.
    if (auto reason = publisher.find_reason_to_wait(job.domain, job.wanted)) {
      reason->message = "nothing is sent: " + reason->message;
      return report(job.domain, *reason, work);
    }
  }
  print(plan->orders);
  work.plans.push_back(*std::move(plan));
}

/// Only a person at a terminal can be asked.
bool is_agreed(const Options& options, std::size_t domains,
               const std::string& primary) {
  if (options.is_confirmed) return true;
  if (options.is_dry_run || !options.has_terminal) return false;
  fmt::print(stderr, "Send this to {}, for {} domain{}? [y/N] ", primary,
             domains, domains == 1 ? "" : "s");
  const int answer = std::getchar();
  return answer == 'y' || answer == 'Y';
}

Exit send(const Publisher& publisher, Work& work) {
  const std::vector<std::optional<Error>> errors = publisher.send(work.plans);
  // For all of them together: a name server that is down is down for all.
  const auto end = std::chrono::steady_clock::now() + k_time_to_be_seen;
  bool is_seen = true;
  for (std::size_t i = 0; i < work.plans.size(); ++i) {
    const DomainPlan& plan = work.plans[i];
    if (errors[i]) {
      print_error(fmt::format("{}: {}", plan.domain, errors[i]->message),
                  errors[i]->hint);
      work.has_fault = true;
      continue;
    }
    const Sighting sighting = publisher.wait_until_seen(plan, end);
    print(fmt::format(
        "{}: {} {} of {} name server{}{}{}\n", plan.domain,
        plan.is_removal ? "deleted, gone from" : "published, seen on",
        sighting.shown, sighting.servers, sighting.servers == 1 ? "" : "s",
        sighting.missing_at.empty() ? "" : ", not yet at ",
        sighting.missing_at));
    is_seen =
        is_seen && sighting.servers != 0 && sighting.shown == sighting.servers;
  }
  if (work.has_fault) return Exit::fault;
  return is_seen ? Exit::good : Exit::untested;
}

Exit publish_once(const Options& options, const PublishSettings& settings) {
  const config::Loaded loaded = config::load_config(options.config);
  if (!loaded.config) {
    print_diagnostics(loaded.diagnostics);
    return Exit::fault;
  }
  const std::optional<config::Publish>& table = loaded.config->tool.publish;
  if (!table) {
    print_error(fmt::format("{} has no [publish]", options.config),
                k_first_table);
    return Exit::fault;
  }
  const Result<std::vector<Job>> jobs = make_jobs(options, loaded.config->live);
  if (!jobs) {
    print_error(jobs.error());
    return Exit::fault;
  }
  const Result<std::unique_ptr<PublishRun>> run =
      PublishRun::open(*table, settings);
  if (!run) {
    print_error(run.error());
    return Exit::fault;
  }
  enter_sandbox(loaded.config->startup.sandbox);
  const Publisher& publisher = (*run)->publisher();
  Work work;
  for (const Job& job : *jobs) plan_job(job, publisher, work);
  if (work.unchanged != 0) {
    print(fmt::format("{} domain{}: nothing to send\n", work.unchanged,
                      work.unchanged == 1 ? "" : "s"));
  }
  if (work.plans.empty()) return work.has_fault ? Exit::fault : Exit::good;
  if (is_agreed(options, work.plans.size(), publisher.primary())) {
    return send(publisher, work);
  }
  print_message("note", "nothing was sent",
                options.is_dry_run ? "" : "--yes sends it without a question");
  return Exit::fault;
}

/// What is wrong with the options, in one sentence.
std::optional<std::string> find_misuse(const Options& options) {
  if (options.is_dry_run && options.is_confirmed) {
    return "--dry-run and --yes contradict each other";
  }
  if (!options.is_watching) return std::nullopt;
  if (!options.domains.empty() || !options.removals.empty()) {
    return "--watch is for all domains of the configuration";
  }
  if (options.is_dry_run) return "--watch has no --dry-run";
  if (options.config == "-") {
    return "--watch can't read its configuration from standard input";
  }
  return std::nullopt;
}

Exit publish(Arguments& arguments) {
  Options options;
  arguments.add_flag("--dry-run", options.is_dry_run);
  arguments.add_flag("--yes", options.is_confirmed);
  arguments.add_list("--delete", options.removals);
  arguments.add_flag("--watch", options.is_watching);
  arguments.add_option("--dns", options.dns);
  arguments.add_option("--ca", options.roots);
  arguments.add_flag("--allow-private", options.allow_private);
  arguments.add_choice("--log-format", options.log_format, {"text", "json"});
  arguments.add_words("domain", options.domains);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  options.config = arguments.config();
  // The sandbox answers no question about terminals.
  options.has_terminal =
      ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  if (const auto misuse = find_misuse(options)) {
    return print_usage_error(*misuse);
  }
  const Result<PublishSettings> settings =
      make_publish_settings(options.dns, options.roots, options.allow_private);
  if (!settings) {
    print_error(settings.error());
    return Exit::usage;
  }
  if (!options.is_watching) return publish_once(options, *settings);
  log::set_format(options.log_format == "json" ? log::Format::json
                                               : log::Format::text);
  return watch_and_publish(options.config, *settings);
}

}  // namespace

const Command k_publish = {
    .usage = "publish [DOMAIN..]",
    .about = "send the DNS records, once their policies are live",
    .run = publish,
    .options =
        R"(  --dry-run           print what would be sent, and send nothing
  --yes               send without a question; needed without a terminal
  --delete DOMAIN     delete the records of a domain that has no policy here
                      any more, or one in mode none; given once or more
  --watch             be a service: publish what is edited, once it is live
  --dns ADDRESS       a resolver to look by (default: /etc/resolv.conf)
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask policy hosts at private addresses, too
  --log-format FORM   of --watch: text or json (default: text)
)"};

}  // namespace mtasts::tool
