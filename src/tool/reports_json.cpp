// SPDX-License-Identifier: MIT
// The summary for programs: JSON, and metrics.
#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "text/join.hpp"
#include "text/json.hpp"
#include "text/time.hpp"
#include "tlsrpt/result_type.hpp"
#include "tool/reports_output.hpp"

namespace mtasts::tool {
namespace {

using text::json_quote;

std::string format_period_json(const reports::Period& period) {
  return fmt::format(R"("since":"{}","until":"{}")",
                     text::format_time(period.since),
                     text::format_time(period.until));
}

/// RFC 8460, 4.4.
std::string format_sessions(const reports::Sessions& sessions) {
  return fmt::format(
      R"("total-successful-session-count":{},"total-failure-session-count":{})",
      sessions.successful, sessions.failed);
}

std::string format_domain(const reports::DomainTotals& one) {
  return fmt::format(
      R"({{"policy-domain":{},"policy-type":"{}",{},"verified":{},)"
      R"("reports":{},"organizations":{},"last":"{}"}})",
      json_quote(one.domain), tlsrpt::format_policy_type(one.type),
      format_sessions(one.sessions), one.verified, one.reports,
      one.organizations, text::format_time(one.last));
}

std::string format_sender(const DomainFacts& facts,
                          const reports::SenderTotals& one) {
  const auto known = facts.ids.find(one.policy_id);
  return fmt::format(
      R"({{"day":"{}","organization-name":{},"signer":{},"verified":{},)"
      R"("policy-type":"{}","policy_id":{},"served":{},{},"reports":{}}})",
      text::format_date(one.day), json_quote(one.organization),
      one.signer.empty() ? "null" : json_quote(one.signer), one.is_verified,
      tlsrpt::format_policy_type(one.type),
      one.policy_id.empty() ? "null" : json_quote(one.policy_id),
      known == facts.ids.end() ? "null" : json_quote(known->second),
      format_sessions(one.sessions), one.reports);
}

std::string format_failure(const DomainFacts& facts,
                           const reports::FailureTotals& one) {
  const auto remedy = facts.remedies.find(one.result_type);
  return fmt::format(
      R"({{"result-type":{},"failed-session-count":{},"policy-type":"{}",)"
      R"("organization-name":{},"policy_id":{},"receiving-mx-hostname":{},)"
      R"("receiving-ip":{},"failure-reason-code":{},"last":"{}","remedy":{}}})",
      json_quote(one.result_type), one.failed,
      tlsrpt::format_policy_type(one.type), json_quote(one.organization),
      one.policy_id.empty() ? "null" : json_quote(one.policy_id),
      json_quote(one.receiving_mx_hostname), json_quote(one.receiving_ip),
      json_quote(one.failure_reason_code), text::format_time(one.last),
      remedy == facts.remedies.end() ? "null" : json_quote(remedy->second));
}

}  // namespace

std::string format_all_domains_json(const AllDomainsFacts& facts) {
  return fmt::format("{{{},\"domains\":[{}]}}\n",
                     format_period_json(facts.period),
                     text::join(facts.totals, ",", format_domain));
}

std::string format_domain_json(const DomainFacts& facts) {
  return fmt::format(
      "{{{},\"policy-domain\":{},\"senders\":[{}],\"failures\":[{}]}}\n",
      format_period_json(facts.period), json_quote(facts.details.domain),
      text::join(facts.details.senders, ",",
                 [&](const auto& one) { return format_sender(facts, one); }),
      text::join(facts.details.failures, ",",
                 [&](const auto& one) { return format_failure(facts, one); }));
}

std::string format_all_domains_metrics(const AllDomainsFacts& facts) {
  // Names of domains have nothing in them that a label would have to escape.
  std::string text =
      "# HELP mta_sts_reports_sessions Sessions that senders reported, by "
      "policy type, which must not be added up, and result.\n"
      "# TYPE mta_sts_reports_sessions gauge\n";
  const auto out = std::back_inserter(text);
  for (const reports::DomainTotals& one : facts.totals) {
    for (const auto& [result, count] :
         {std::pair("successful", one.sessions.successful),
          std::pair("failed", one.sessions.failed)}) {
      fmt::format_to(out,
                     "mta_sts_reports_sessions{{domain=\"{}\",policy_type="
                     "\"{}\",result=\"{}\"}} {}\n",
                     one.domain, tlsrpt::format_policy_type(one.type), result,
                     count);
    }
  }
  text +=
      "# HELP mta_sts_reports_unverified_sessions Of these, those that nobody "
      "vouches for.\n"
      "# TYPE mta_sts_reports_unverified_sessions gauge\n";
  for (const reports::DomainTotals& one : facts.totals) {
    fmt::format_to(out,
                   "mta_sts_reports_unverified_sessions{{domain=\"{}\","
                   "policy_type=\"{}\"}} {}\n",
                   one.domain, tlsrpt::format_policy_type(one.type),
                   one.sessions.all() - one.verified);
  }
  text +=
      "# HELP mta_sts_reports_last_timestamp_seconds When the latest report "
      "ends.\n"
      "# TYPE mta_sts_reports_last_timestamp_seconds gauge\n";
  for (const reports::DomainTotals& one : facts.totals) {
    fmt::format_to(out,
                   "mta_sts_reports_last_timestamp_seconds{{domain=\"{}\","
                   "policy_type=\"{}\"}} {}\n",
                   one.domain, tlsrpt::format_policy_type(one.type),
                   one.last.time_since_epoch().count());
  }
  return text;
}

}  // namespace mtasts::tool
