// SPDX-License-Identifier: MIT
// Lists reports, with the ids that `show` takes.
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command_line.hpp"
#include "dns/name.hpp"
#include "process/clock.hpp"
#include "reports/stored_report.hpp"
#include "text/columns.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"
#include "tlsrpt/result_type.hpp"
#include "tool/reports.hpp"
#include "tool/reports_output.hpp"
#include "tool/reports_period.hpp"
#include "tool/reports_setup.hpp"
#include "tool/sandbox.hpp"

namespace mtasts::tool {
namespace {

using Lines = std::vector<reports::ReportLine>;

constexpr std::uint32_t k_default_most = 100;
constexpr std::int32_t k_max_most = 1'000'000;

std::string format_text(const Lines& lines) {
  if (lines.empty()) return "no reports\n";
  std::vector<std::vector<std::string>> rows = {
      {"ID", "DAY", "SENDER", "CAME BY", "DOMAIN", "POLICY", "SESSIONS",
       "FAILED", "REPORT ID"}};
  for (const reports::ReportLine& one : lines) {
    rows.push_back(
        {std::to_string(one.id),
         text::format_date(std::chrono::floor<std::chrono::days>(one.start)),
         one.organization.empty() ? "-" : printable(one.organization),
         fmt::format("{}, {}", format_channel(one.channel),
                     one.is_verified ? "verified" : "unverified"),
         printable(one.domain),
         std::string(tlsrpt::format_policy_type(one.type)),
         std::to_string(one.sessions.all()),
         std::to_string(one.sessions.failed), printable(one.report_id)});
  }
  return text::format_columns(rows);
}

/// The names of RFC 8460 for what it has.
std::string format_json(const Lines& lines) {
  return fmt::format(
      "{{\"reports\":[{}]}}\n",
      text::join(lines, ",", [](const reports::ReportLine& one) {
        return fmt::format(
            R"({{"id":{},"organization-name":{},"report-id":{},)"
            R"("start-datetime":"{}","end-datetime":"{}","policy-domain":{},)"
            R"("policy-type":"{}","total-successful-session-count":{},)"
            R"("total-failure-session-count":{},"channel":"{}",)"
            R"("verified":{}}})",
            one.id, text::json_quote(one.organization),
            text::json_quote(one.report_id), text::format_time(one.start),
            text::format_time(one.end), text::json_quote(one.domain),
            tlsrpt::format_policy_type(one.type), one.sessions.successful,
            one.sessions.failed, format_channel(one.channel), one.is_verified);
      }));
}

Exit fail_by(const Error& error, Exit exit) {
  print_error(error);
  return exit;
}

Exit run(Arguments& arguments) {
  std::vector<std::string> domains;
  PeriodOptions days;
  bool has_failed = false;
  std::optional<std::uint32_t> most;
  std::string format = "text";
  arguments.add_words("domain", domains, 1);
  declare(arguments, days);
  arguments.add_flag("--failed", has_failed);
  arguments.add_number("--most", most, k_max_most);
  arguments.add_choice("--format", format, {"text", "json"});
  if (const auto end = arguments.read()) return *end;
  const auto period = choose_period(days, process::this_second());
  if (!period) return fail_by(period.error(), Exit::usage);
  reports::ListFilter filter{.period = *period,
                             .has_failed = has_failed,
                             .most = most.value_or(k_default_most)};
  if (!domains.empty()) {
    const Result<dns::Name> name = dns::Name::from_typed(domains.front());
    if (!name) {
      return fail_by(about_value("domain", domains.front(), name.error()),
                     Exit::usage);
    }
    filter.domain = name->text();
  }
  const auto setup = load_reports_setup(arguments);
  if (!setup) return Exit::fault;
  auto connection = reports::open_to_read(setup->reports.database);
  if (!connection) return fail_by(connection.error(), Exit::fault);
  enter_offline_sandbox(setup->config.startup.sandbox);
  const Result<Lines> lines = reports::read_list(*connection, filter);
  if (!lines) return fail_by(lines.error(), Exit::fault);
  const std::string text =
      format == "json" ? format_json(*lines) : format_text(*lines);
  return print(text) ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_reports_list = {
    .usage = "list [DOMAIN]",
    .about = "list reports, the latest first",
    .run = &run,
    .options =
        R"(  --days NUMBER       how many days (default: 14)
  --until DATE        the last of them (default: yesterday, by UTC)
  --failed            those with failed sessions alone
  --most NUMBER       lines (default: 100)
  --format FORM       text or json (default: text)
)"};

}  // namespace mtasts::tool
