// SPDX-License-Identifier: MIT
// Shows one report as it was kept, as RFC 8460 has it and with what was odd.
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command_line.hpp"
#include "reports/stored_report.hpp"
#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"
#include "tlsrpt/report.hpp"
#include "tool/report_remedies.hpp"
#include "tool/reports.hpp"
#include "tool/reports_output.hpp"
#include "tool/reports_setup.hpp"
#include "tool/sandbox.hpp"

namespace mtasts::tool {
namespace {

using text::json_quote;

// --- For people ---

/// What is empty is left out.
std::string format_line(std::string_view name, std::string_view value,
                        std::string_view indent) {
  if (value.empty()) return {};
  return fmt::format("{}{}: {}\n", indent, name, printable(value));
}

std::string format_failure(const tlsrpt::FailureDetails& failure,
                           std::string_view domain) {
  constexpr std::string_view k_indent = "    ";
  std::string text =
      fmt::format("  {} failed: {}\n", failure.failed_session_count,
                  printable(failure.result_type));
  for (const auto& [name, value] :
       {std::pair{"from", failure.sending_mta_ip},
        std::pair{"MX host", failure.receiving_mx_hostname},
        std::pair{"its EHLO", failure.receiving_mx_helo},
        std::pair{"its address", failure.receiving_ip},
        std::pair{"reason", failure.failure_reason_code},
        std::pair{"more", failure.additional_information}}) {
    text += format_line(name, value, k_indent);
  }
  return text + format_line("do", describe_remedy(failure.result_type, domain),
                            k_indent);
}

std::string format_policy(const tlsrpt::PolicyReport& policy) {
  std::string text = fmt::format("{}, {}: {} sessions, {} failed\n",
                                 printable(policy.policy_domain),
                                 printable(policy.policy_type),
                                 policy.total_successful_session_count +
                                     policy.total_failure_session_count,
                                 policy.total_failure_session_count);
  for (const std::string& line : policy.policy_string) {
    text += format_line("policy", line, "  ");
  }
  for (const std::string& host : policy.mx_host) {
    text += format_line("mx", host, "  ");
  }
  for (const tlsrpt::FailureDetails& one : policy.failure_details) {
    text += format_failure(one, policy.policy_domain);
  }
  return text;
}

std::string format_text(const reports::StoredReport& stored) {
  const tlsrpt::Report& report = stored.report;
  std::string text =
      format_line("from", report.organization_name, "") +
      format_line("contact", report.contact_info, "") +
      format_line("report id", report.report_id, "") +
      fmt::format(
          "of: {} to {}\ncame: {}, by {}, {}\n",
          text::format_time(report.start_datetime),
          text::format_time(report.end_datetime),
          text::format_time(stored.received), format_channel(stored.channel),
          stored.is_verified ? "verified, by " + stored.signer : "unverified");
  for (const tlsrpt::PolicyReport& one : report.policies) {
    text += "\n" + format_policy(one);
  }
  if (!stored.anomalies.empty()) text += "\nnot as RFC 8460 has it:\n";
  for (const std::string& one : stored.anomalies) {
    text += "  " + printable(one) + "\n";
  }
  return text;
}

// --- For programs ---

std::string format_list(const std::vector<std::string>& list) {
  return "[" +
         text::join(list, ",",
                    [](const std::string& one) { return json_quote(one); }) +
         "]";
}

std::string format_failure_json(const tlsrpt::FailureDetails& failure) {
  return fmt::format(
      R"({{"result-type":{},"sending-mta-ip":{},"receiving-mx-hostname":{},)"
      R"("receiving-mx-helo":{},"receiving-ip":{},"failed-session-count":{},)"
      R"("additional-information":{},"failure-reason-code":{}}})",
      json_quote(failure.result_type), json_quote(failure.sending_mta_ip),
      json_quote(failure.receiving_mx_hostname),
      json_quote(failure.receiving_mx_helo), json_quote(failure.receiving_ip),
      failure.failed_session_count, json_quote(failure.additional_information),
      json_quote(failure.failure_reason_code));
}

std::string format_policy_json(const tlsrpt::PolicyReport& policy) {
  return fmt::format(
      R"({{"policy":{{"policy-type":{},"policy-string":{},)"
      R"("policy-domain":{},"mx-host":{}}},)"
      R"("summary":{{"total-successful-session-count":{},)"
      R"("total-failure-session-count":{}}},"failure-details":[{}]}})",
      json_quote(policy.policy_type), format_list(policy.policy_string),
      json_quote(policy.policy_domain), format_list(policy.mx_host),
      policy.total_successful_session_count, policy.total_failure_session_count,
      text::join(policy.failure_details, ",", format_failure_json));
}

/// A report that any other program can read, and behind it what we know.
std::string format_json(const reports::StoredReport& stored) {
  const tlsrpt::Report& report = stored.report;
  return fmt::format(
      R"({{"organization-name":{},"date-range":{{"start-datetime":"{}",)"
      R"("end-datetime":"{}"}},"contact-info":{},"report-id":{},)"
      R"("policies":[{}],"id":{},"received":"{}","channel":"{}",)"
      R"("verified":{},"signer":{},"anomalies":{}}})"
      "\n",
      json_quote(report.organization_name),
      text::format_time(report.start_datetime),
      text::format_time(report.end_datetime), json_quote(report.contact_info),
      json_quote(report.report_id),
      text::join(report.policies, ",", format_policy_json), stored.id,
      text::format_time(stored.received), format_channel(stored.channel),
      stored.is_verified,
      stored.signer.empty() ? "null" : json_quote(stored.signer),
      format_list(stored.anomalies));
}

// --- The command ---

Exit fail_by(const Error& error) {
  print_error(error);
  return Exit::fault;
}

std::optional<std::int64_t> find_id(const std::vector<std::string>& words) {
  if (words.size() != 1) return std::nullopt;
  std::int64_t id = 0;
  const char* const end = words.front().data() + words.front().size();
  const auto [stop, error] = std::from_chars(words.front().data(), end, id);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return id;
}

Exit run(Arguments& arguments) {
  std::vector<std::string> words;
  std::string format = "text";
  arguments.add_words("id", words, 1);
  arguments.add_choice("--format", format, {"text", "json"});
  if (const auto end = arguments.read()) return *end;
  const auto id = find_id(words);
  if (!id) {
    return print_usage_error(
        "show needs the id of a report, which mta-sts reports list has");
  }
  const auto setup = load_reports_setup(arguments);
  if (!setup) return Exit::fault;
  auto connection = reports::open_to_read(setup->reports.database);
  if (!connection) return fail_by(connection.error());
  enter_offline_sandbox(setup->config.startup.sandbox);
  const auto stored = reports::find_report(*connection, *id);
  if (!stored) return fail_by(stored.error());
  if (!*stored) {
    return fail_by({fmt::format("there is no report {}", *id),
                    "mta-sts reports list has their ids"});
  }
  const std::string text =
      format == "json" ? format_json(**stored) : format_text(**stored);
  return print(text) ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_reports_show = {
    .usage = "show ID",
    .about = "show a report",
    .run = &run,
    .options =
        R"(  --format FORM       text or json (default: text)
)"};

}  // namespace mtasts::tool
