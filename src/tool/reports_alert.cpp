// SPDX-License-Identifier: MIT
// For timers: says nothing unless senders report failures above a threshold.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "process/clock.hpp"
#include "reports/query.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "tlsrpt/result_type.hpp"
#include "tool/report_remedies.hpp"
#include "tool/reports.hpp"
#include "tool/reports_page_parts.hpp"
#include "tool/reports_period.hpp"
#include "tool/reports_setup.hpp"
#include "tool/sandbox.hpp"

namespace mtasts::tool {
namespace {

/// Reports of a day come during the next, and some on the one behind it.
constexpr std::uint32_t k_default_days = 2;
constexpr std::int32_t k_most_failures = 1'000'000'000;
constexpr std::int32_t k_percent = 100;

struct Options {
  PeriodOptions period = {.days = k_default_days};
  std::optional<std::uint32_t> failures = {};  // from so many on
  std::optional<std::uint32_t> percent = {};   // and from that share on
  std::string format = "text";
};

/// What failed in one way.
struct Alarm {
  reports::DomainTotals totals;
  /// By result-type and MX host: sessions.
  std::map<std::pair<std::string, std::string>, std::uint64_t> failures = {};
};

bool is_above(const Options& options, const reports::DomainTotals& totals) {
  const std::uint64_t failed = totals.sessions.failed;
  return failed >= std::max(options.failures.value_or(1), 1U) &&
         failed * k_percent >=
             totals.sessions.all() * options.percent.value_or(0);
}

Result<std::vector<Alarm>> find_alarms(const Options& options,
                                       reports::Connection& connection,
                                       const reports::Period& period) {
  const auto totals = reports::read_totals(connection, period);
  if (!totals) return fail(totals.error());
  std::vector<Alarm> alarms;
  for (const reports::DomainTotals& one : *totals) {
    if (!is_above(options, one)) continue;
    Alarm alarm{.totals = one};
    const auto details = reports::read_details(connection, one.domain, period);
    if (!details) return fail(details.error());
    for (const reports::FailureTotals& failure : details->failures) {
      if (failure.type != one.type) continue;
      alarm.failures[{failure.result_type, failure.receiving_mx_hostname}] +=
          failure.failed;
    }
    alarms.push_back(std::move(alarm));
  }
  return alarms;
}

std::string format_text(const Alarm& alarm) {
  const reports::DomainTotals& totals = alarm.totals;
  std::string text = fmt::format(
      "{}, {}: {} of {} sessions failed ({}); {} of all are unverified\n",
      printable(totals.domain), tlsrpt::format_policy_type(totals.type),
      totals.sessions.failed, totals.sessions.all(),
      format_share(totals.sessions.failed, totals.sessions.all()),
      format_share(totals.sessions.all() - totals.verified,
                   totals.sessions.all()));
  if (alarm.failures.empty()) {
    text += "  the senders give no details\n";
  }
  for (const auto& [what, failed] : alarm.failures) {
    const auto& [result, host] = what;
    text += fmt::format("  {} {}{}\n    do: {}\n", failed, printable(result),
                        host.empty() ? "" : " at " + printable(host),
                        describe_remedy(result, totals.domain));
  }
  return text;
}

std::string format_json(const Alarm& alarm) {
  const reports::DomainTotals& totals = alarm.totals;
  return fmt::format(
      R"({{"policy-domain":{},"policy-type":"{}",)"
      R"("total-successful-session-count":{},"total-failure-session-count":{},)"
      R"("verified":{},"failures":[{}]}})",
      text::json_quote(totals.domain), tlsrpt::format_policy_type(totals.type),
      totals.sessions.successful, totals.sessions.failed, totals.verified,
      text::join(alarm.failures, ",", [&totals](const auto& one) {
        const auto& [result, host] = one.first;
        return fmt::format(
            R"({{"result-type":{},"receiving-mx-hostname":{},)"
            R"("failed-session-count":{},"remedy":{}}})",
            text::json_quote(result), text::json_quote(host), one.second,
            text::json_quote(describe_remedy(result, totals.domain)));
      }));
}

std::string format_alarms(const std::vector<Alarm>& alarms,
                          const std::string& format) {
  if (format == "text") return text::join(alarms, "", format_text);
  return fmt::format("{{\"alerts\":[{}]}}\n",
                     text::join(alarms, ",", format_json));
}

Exit fail_by(const Error& error, Exit exit) {
  print_error(error);
  return exit;
}

Exit run(Arguments& arguments) {
  Options options;
  declare(arguments, options.period);
  arguments.add_number("--failures", options.failures, k_most_failures);
  arguments.add_number("--percent", options.percent, k_percent);
  arguments.add_choice("--format", options.format, {"text", "json"});
  if (const auto end = arguments.read()) return *end;
  const auto period = choose_period(options.period, process::this_second());
  if (!period) return fail_by(period.error(), Exit::usage);
  const auto setup = load_reports_setup(arguments);
  if (!setup) return Exit::fault;
  auto connection = reports::open_to_read(setup->reports.database);
  if (!connection) return fail_by(connection.error(), Exit::fault);
  enter_offline_sandbox(setup->config.startup.sandbox);
  const auto alarms = find_alarms(options, *connection, *period);
  if (!alarms) return fail_by(alarms.error(), Exit::fault);
  const bool is_printed = print(format_alarms(*alarms, options.format));
  return alarms->empty() && is_printed ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_reports_alert = {
    .usage = "alert",
    .about = "print failures above a threshold, if there are any",
    .run = &run,
    .options =
        R"(  --failures NUMBER   of a domain, sessions that failed (default: 1)
  --percent NUMBER    and their share of all, at least (default: 0)
  --days NUMBER       how many days (default: 2)
  --until DATE        the last of them (default: yesterday, by UTC)
  --format FORM       text or json (default: text)
)"};

}  // namespace mtasts::tool
