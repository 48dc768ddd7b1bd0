// SPDX-License-Identifier: MIT
// Says whether a policy in mode testing may be enforced: by what senders have
// reported, and by a look at the domain as they see it.
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "config/config.hpp"
#include "diagnostic.hpp"
#include "nameserver/resolver.hpp"
#include "process/clock.hpp"
#include "publish/publication.hpp"
#include "reports/gate.hpp"
#include "reports/query.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"
#include "tls/client.hpp"
#include "tool/gate_facts.hpp"
#include "tool/reports.hpp"
#include "tool/reports_setup.hpp"
#include "tool/sandbox.hpp"
#include "tool/verify_options.hpp"
#include "verify/judged.hpp"
#include "verify/look.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::sys_seconds;

struct Options {
  VerifyOptions look = {};
  bool has_no_verify = false;
  std::string format = "text";
};

reports::GateLook look(const std::string& domain,
                       const publish::PublicationPtr& publication,
                       const config::Config& config, verify::Shared& shared,
                       sys_seconds now) {
  nameserver::Resolver resolver(shared.options().resolver);
  const verify::Expected expected{.publication = publication,
                                  .addresses = config.tool.verify.addresses,
                                  .issuers = config.tool.verify.issuers,
                                  .challenges = config.startup.challenges};
  const verify::Judged judged = verify::judge_whole(
      verify::look(domain, publication, shared, resolver, now), expected, now);
  reports::GateLook seen;
  for (const Diagnostic& one : judged.findings) {
    const std::string text =
        fmt::format("{} ({})", format_place(one.place), one.id);
    if (one.severity == Severity::error) seen.errors.push_back(text);
    if (one.severity == Severity::untested) seen.untested.push_back(text);
  }
  return seen;
}

// --- What is printed ---

std::string describe_edit(const publish::Publication& publication) {
  return fmt::format("mode = \"enforce\" in {}",
                     format_place(publication.place()));
}

std::string format_text(const reports::GateFacts& facts,
                        const reports::GateVerdict& verdict,
                        const publish::Publication& publication) {
  std::string text = fmt::format(
      "{}: {}\n", facts.domain,
      verdict.state == reports::GateState::good  ? "ready for mode enforce"
      : verdict.state == reports::GateState::bad ? "not ready for mode enforce"
                                                 : "could not be tested");
  for (const reports::GateCondition& one : verdict.conditions) {
    text +=
        fmt::format("  {:<8}  {} [{}]\n", reports::format_gate_state(one.state),
                    one.text, one.id);
  }
  if (verdict.state == reports::GateState::good) {
    return text + fmt::format("write {}; then: mta-sts publish {}\n",
                              describe_edit(publication), facts.domain);
  }
  if (verdict.not_before) {
    text +=
        fmt::format("not before {}\n", text::format_date(*verdict.not_before));
  }
  return text;
}

std::string format_json(const reports::GateFacts& facts,
                        const reports::GateVerdict& verdict,
                        const publish::Publication& publication) {
  const auto format_day =
      [](const std::optional<std::chrono::sys_days>& day) -> std::string {
    return day ? fmt::format("\"{}\"", text::format_date(*day)) : "null";
  };
  return fmt::format(
      R"({{"policy-domain":{},"policy_id":"{}","state":"{}",)"
      R"("not_before":{},"edit":{},"conditions":[{}]}})"
      "\n",
      text::json_quote(facts.domain), facts.policy_id,
      reports::format_gate_state(verdict.state), format_day(verdict.not_before),
      text::json_quote(describe_edit(publication)),
      text::join(
          verdict.conditions, ",", [&](const reports::GateCondition& one) {
            return fmt::format(R"({{"id":"{}","state":"{}","text":{},)"
                               R"("not_before":{}}})",
                               one.id, reports::format_gate_state(one.state),
                               text::json_quote(one.text),
                               format_day(one.not_before));
          }));
}

Exit end_of(const reports::GateVerdict& verdict) {
  if (verdict.state == reports::GateState::good) return Exit::good;
  return verdict.state == reports::GateState::bad ? Exit::fault
                                                  : Exit::untested;
}

// --- The command ---

Exit fail_by(const Error& error, Exit exit) {
  print_error(error);
  return exit;
}

Exit judge(const Options& options, const ReportsSetup& setup,
           const std::string& domain) {
  const publish::PublicationPtr* publication =
      setup.config.live.by_domain.find(domain);
  if (publication == nullptr) {
    return fail_by(
        {fmt::format("domain {} has no policy here", in_quotes(domain)),
         "mta-stsd records lists those that have"},
        Exit::usage);
  }
  Result<verify::LookOptions> looking =
      make_look_options(options.look, setup.config.tool.verify);
  if (!looking) return fail_by(looking.error(), Exit::usage);
  looking->has_challenges = !setup.config.startup.challenges.empty();
  Result<tls::TrustStore> roots = tls::TrustStore::load(
      options.look.ca.value_or(setup.config.tool.verify.ca));
  if (!roots) return fail_by(roots.error(), Exit::usage);
  auto connection = reports::open_to_read(setup.reports.database);
  if (!connection) return fail_by(connection.error(), Exit::fault);
  verify::Shared shared(*looking, *std::move(roots));
  enter_sandbox(setup.config.startup.sandbox);
  const sys_seconds now = process::this_second();
  Result<reports::GateFacts> facts =
      read_gate_facts(*connection, setup.config, **publication, domain, now);
  if (!facts) return fail_by(facts.error(), Exit::fault);
  if (!options.has_no_verify) {
    facts->look = look(domain, *publication, setup.config, shared, now);
  }
  const reports::GateVerdict verdict = reports::judge_gate(*facts);
  const std::string text = options.format == "json"
                               ? format_json(*facts, verdict, **publication)
                               : format_text(*facts, verdict, **publication);
  return print(text) ? end_of(verdict) : Exit::fault;
}

Exit run(Arguments& arguments) {
  Options options;
  arguments.add_flag("--no-verify", options.has_no_verify);
  arguments.add_choice("--format", options.format, {"text", "json"});
  arguments.add_list("--dns", options.look.dns);
  arguments.add_flag("--no-smtp", options.look.has_no_smtp);
  arguments.add_option("--ca", options.look.ca);
  arguments.add_flag("--allow-private", options.look.allow_private);
  arguments.add_option("--timeout", options.look.timeout);
  arguments.add_words("domain", options.look.domains, 1);
  if (const auto end = arguments.read()) return *end;
  const Result<std::vector<std::string>> domains = read_domains(options.look);
  if (!domains) return fail_by(domains.error(), Exit::usage);
  if (domains->empty()) return print_usage_error("no domain is named");
  const auto setup = load_reports_setup(arguments);
  return setup ? judge(options, *setup, domains->front()) : Exit::fault;
}

}  // namespace

const Command k_reports_gate = {
    .usage = "gate DOMAIN",
    .about = "say whether a policy may be enforced, and why",
    .run = &run,
    .options =
        R"(  --no-verify         don't look at the domain: exit status 3 at best
  --format FORM       text or json (default: text)
  --dns ADDRESS       a resolver (default: those of /etc/resolv.conf)
  --no-smtp           don't connect to mail servers
  --ca FILE           trusted roots (default: those of the system)
  --allow-private     ask addresses that are not public, too
  --timeout TIME      of one conversation (default: 60s)
)"};

}  // namespace mtasts::tool
