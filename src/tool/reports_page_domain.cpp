// SPDX-License-Identifier: MIT
// The page of one domain.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "text/html.hpp"
#include "text/time.hpp"
#include "tool/reports_page.hpp"
#include "tool/reports_page_parts.hpp"

namespace mtasts::tool {
namespace {

using reports::FailureTotals;
using reports::SenderTotals;
using std::chrono::sys_seconds;
using tlsrpt::PolicyType;

// What strangers can fill a page with has its bounds.
constexpr std::size_t k_max_rows = 1000;
constexpr std::array k_types = {PolicyType::sts, PolicyType::tlsa,
                                PolicyType::no_policy_found, PolicyType::other};

std::string format_day(sys_seconds time) {
  return text::format_date(std::chrono::floor<std::chrono::days>(time));
}

std::string say_more(std::size_t all) {
  return all <= k_max_rows
             ? std::string{}
             : fmt::format("<p>And {} more.</p>\n", all - k_max_rows);
}

/// One sender by one of our policies, all days together.
struct SenderRow {
  reports::Sessions sessions = {};
  sys_seconds last = {};
};
using SenderKey = std::tuple<std::string, std::string, std::string>;

/// By organization, its signer if it is verified, and policy id.
std::map<SenderKey, SenderRow> group_senders(const DomainFacts& facts,
                                             PolicyType type) {
  std::map<SenderKey, SenderRow> rows;
  for (const SenderTotals& one : facts.details.senders) {
    if (one.type != type) continue;
    SenderRow& row =
        rows[{one.organization, one.is_verified ? one.signer : std::string{},
              one.policy_id}];
    row.sessions += one.sessions;
    row.last = std::max(row.last, one.last);
  }
  return rows;
}

/// The id that a sender had, and what it is to us.
std::string format_id(const DomainFacts& facts, const std::string& id) {
  if (id.empty()) return "not told";
  const auto known = facts.ids.find(id);
  return fmt::format(
      "<code>{}</code> {}", text::escape_html(id),
      known == facts.ids.end()
          ? std::string(facts.ids.empty() ? "" : "(not one of ours)")
          : "(" + text::escape_html(known->second) + ")");
}

std::string format_senders(const DomainFacts& facts, PolicyType type) {
  const bool has_ids = type == PolicyType::sts;
  const std::map<SenderKey, SenderRow> all = group_senders(facts, type);
  std::string rows;
  std::size_t count = 0;
  for (const auto& [key, row] : all) {
    if (++count > k_max_rows) break;
    const auto& [organization, signer, id] = key;
    fmt::format_to(
        std::back_inserter(rows),
        R"(<tr><th scope="row">{}</th><td>{}</td><td class="number">{}</td>{}{}<td>{}</td></tr>
)",
        organization.empty() ? "without a name" : format_foreign(organization),
        signer.empty() ? "unverified" : "signed by " + format_foreign(signer),
        row.sessions.all(), format_failed_cell(row.sessions.failed),
        has_ids ? "<td>" + format_id(facts, id) + "</td>" : std::string{},
        format_day(row.last));
  }
  std::vector<Column> head = {
      {"Sender"}, {"Trust"}, {"Sessions", true}, {"Failed", true}};
  if (has_ids) head.push_back({"Policy that it had, by its id"});
  head.push_back({"Last day"});
  return format_table(fmt::format("Who has reported: {}",
                                  tlsrpt::name_policy_type(type)),
                      head, rows) +
         say_more(all.size());
}

std::string format_failures(const DomainFacts& facts, PolicyType type) {
  std::string rows;
  std::size_t count = 0;
  std::set<std::string_view> results;
  for (const FailureTotals& one : facts.details.failures) {
    if (one.type != type) continue;
    if (++count > k_max_rows) continue;
    results.insert(one.result_type);
    const std::string host = one.receiving_mx_hostname.empty()
                                 ? std::string("not told")
                                 : format_foreign(one.receiving_mx_hostname);
    fmt::format_to(
        std::back_inserter(rows),
        R"(<tr><th scope="row">{}</th><td>{}</td><td>{}{}</td>{}<td>{}</td><td>{}</td></tr>
)",
        format_foreign(one.result_type), format_foreign(one.organization), host,
        one.receiving_ip.empty() ? std::string{}
                                 : " " + format_foreign(one.receiving_ip),
        format_failed_cell(one.failed), format_foreign(one.failure_reason_code),
        format_day(one.last));
  }
  if (count == 0) return {};
  std::string text = format_table(
      fmt::format("What has failed: {}", tlsrpt::name_policy_type(type)),
      {{"Result"},
       {"Sender"},
       {"MX host"},
       {"Failed", true},
       {"Reason, as the sender has it"},
       {"Last day"}},
      rows);
  text += say_more(count);
  std::string remedies;
  for (const std::string_view result : results) {
    const auto remedy = facts.remedies.find(result);
    if (remedy == facts.remedies.end()) continue;
    remedies += fmt::format("<dt>{}</dt><dd>{}</dd>", format_foreign(result),
                            text::escape_html(remedy->second));
  }
  if (remedies.empty()) return text;
  return text + "<h3>What to do</h3><dl>" + remedies + "</dl>\n";
}

std::string format_type(const DomainFacts& facts,
                        const std::vector<reports::DayTotals>& days,
                        PolicyType type) {
  reports::Sessions sum;
  std::uint64_t verified = 0;
  bool is_there = false;
  for (const SenderTotals& one : facts.details.senders) {
    if (one.type != type) continue;
    is_there = true;
    sum += one.sessions;
    if (one.is_verified) verified += one.sessions.all();
  }
  if (!is_there) return {};
  return fmt::format(
      R"(<section class="card"><div class="head"><h2>{}</h2><span class="tag {}">{} failed</span></div>
<p class="soft">{}</p>
{}{}{}</section>
)",
      tlsrpt::name_policy_type(type), sum.failed == 0 ? "good" : "bad",
      format_share(sum.failed, sum.all()),
      format_unverified(verified, sum.all()),
      format_day_charts(days, type, facts.period), format_senders(facts, type),
      format_failures(facts, type));
}

std::string format_verdict(const PageVerdict& verdict) {
  std::string reasons;
  for (const std::string& one : verdict.reasons) {
    reasons += fmt::format("<li>{}</li>\n", text::escape_html(one));
  }
  if (!reasons.empty()) reasons = "<ul>" + reasons + "</ul>";
  return fmt::format(
      "<section class=\"card state {}\"><h2>{}</h2>{}</section>\n",
      verdict.is_ready ? "ready" : "unready",
      text::escape_html(verdict.headline), reasons);
}

}  // namespace

std::string format_domain_page(const DomainFacts& facts) {
  const std::vector<reports::DayTotals> days =
      reports::add_up_days(facts.details.senders);
  std::string body =
      fmt::format("<header><h1>Reports on {}</h1>\n{}</header>\n<main>\n",
                  format_foreign(facts.details.domain),
                  format_period(facts.period, facts.now));
  if (facts.verdict) body += format_verdict(*facts.verdict);
  for (const PolicyType type : k_types) body += format_type(facts, days, type);
  if (facts.details.senders.empty()) {
    body +=
        "<section class=\"card\"><h2>No reports</h2><p>No sender has reported "
        "anything of these days.</p></section>\n";
  }
  body += "</main>\n";
  return format_reports_document("Reports on " + facts.details.domain, body);
}

}  // namespace mtasts::tool
