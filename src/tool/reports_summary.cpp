// SPDX-License-Identifier: MIT
// Says what senders report: of all domains, or of one.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "dns/name.hpp"
#include "process/clock.hpp"
#include "reports/day_totals.hpp"
#include "reports/query.hpp"
#include "tool/reports.hpp"
#include "tool/reports_facts.hpp"
#include "tool/reports_output.hpp"
#include "tool/reports_page.hpp"
#include "tool/reports_period.hpp"
#include "tool/reports_setup.hpp"
#include "tool/sandbox.hpp"

namespace mtasts::tool {
namespace {

struct Options {
  std::vector<std::string> domains = {};  // one at most
  PeriodOptions period = {};
  std::string format = "text";
};

Result<std::string> make_text(const Options& options, const ReportsSetup& setup,
                              reports::Connection& connection,
                              std::chrono::sys_seconds now) {
  const Result<reports::Period> period = choose_period(options.period, now);
  if (!period) return fail(period.error());
  if (options.domains.empty()) {
    Result<AllDomainsFacts> facts = read_all_domains(connection, *period, now);
    if (!facts) return fail(facts.error());
    if (options.format == "html") {
      auto days = reports::read_day_totals(connection, *period);
      if (!days) return fail(days.error());
      facts->days = *std::move(days);
      return format_all_domains_page(*facts);
    }
    if (options.format == "json") return format_all_domains_json(*facts);
    if (options.format == "text") return format_all_domains_text(*facts);
    return format_all_domains_metrics(*facts);
  }
  const Result<dns::Name> domain =
      dns::Name::from_typed(options.domains.front());
  if (!domain) return fail(domain.error());
  const Result<DomainFacts> facts =
      read_domain(connection, setup.config, domain->text(), *period, now);
  if (!facts) return fail(facts.error());
  if (options.format == "html") return format_domain_page(*facts);
  return options.format == "json" ? format_domain_json(*facts)
                                  : format_domain_text(*facts);
}

Exit run(Arguments& arguments) {
  Options options;
  arguments.add_words("domain", options.domains, 1);
  declare(arguments, options.period);
  arguments.add_choice("--format", options.format,
                       {"text", "json", "prometheus", "html"});
  if (const auto end = arguments.read()) return *end;
  if (!options.domains.empty() && options.format == "prometheus") {
    return print_usage_error("prometheus is a format of all domains alone");
  }
  const auto setup = load_reports_setup(arguments);
  if (!setup) return Exit::fault;
  auto connection = reports::open_to_read(setup->reports.database);
  if (!connection) {
    print_error(connection.error());
    return Exit::fault;
  }
  enter_offline_sandbox(setup->config.startup.sandbox);
  const Result<std::string> text =
      make_text(options, *setup, *connection, process::this_second());
  if (!text) {
    print_error(text.error());
    return Exit::fault;
  }
  return print(*text) ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_reports_summary = {
    .usage = "summary [DOMAIN]",
    .about = "say what senders report",
    .run = &run,
    .options =
        R"(  DOMAIN              one domain, with its senders and what failed
                      (default: all, in one table)
  --days NUMBER       how many days (default: 14)
  --until DATE        the last of them (default: yesterday, by UTC)
  --format FORM       text, json, prometheus or html (default: text)
)"};

}  // namespace mtasts::tool
