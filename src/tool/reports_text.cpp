// SPDX-License-Identifier: MIT
// The summary for people, at a terminal.
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "text/columns.hpp"
#include "text/time.hpp"
#include "tlsrpt/result_type.hpp"
#include "tool/reports_output.hpp"
#include "tool/reports_page_parts.hpp"

namespace mtasts::tool {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string format_day(std::chrono::sys_seconds time) {
  return text::format_date(std::chrono::floor<std::chrono::days>(time));
}

std::string format_head(const reports::Period& period) {
  return fmt::format("{} to {}, by UTC\n", format_day(period.since),
                     format_day(period.until - std::chrono::seconds(1)));
}

std::string or_dash(std::string_view text) {
  return text.empty() ? "-" : printable(text);
}

std::string count(std::uint64_t number) { return fmt::format("{}", number); }

/// What a sender had, and what that is to us.
std::string format_id(const DomainFacts& facts, const std::string& id) {
  if (id.empty()) return "-";
  const auto known = facts.ids.find(id);
  if (known != facts.ids.end()) return id + " " + known->second;
  return facts.ids.empty() ? id : id + " not ours";
}

constexpr std::array<std::string_view, 3> k_channels = {"file", "mail",
                                                        "HTTPS"};
static_assert(k_channels.size() ==
              static_cast<std::size_t>(reports::Channel::https) + 1);

}  // namespace

std::string_view format_channel(reports::Channel channel) {
  return k_channels[static_cast<std::size_t>(channel)];
}

std::string format_all_domains_text(const AllDomainsFacts& facts) {
  if (facts.totals.empty()) {
    return format_head(facts.period) + "no reports\n";
  }
  Rows rows = {{"DOMAIN", "POLICY", "SESSIONS", "FAILED", "SHARE", "BEFORE",
                "SENDERS", "UNVERIFIED", "LAST"}};
  const TotalsIndex before = index_totals(facts.before);
  for (const reports::DomainTotals& one : facts.totals) {
    rows.push_back(
        {one.domain, std::string(tlsrpt::format_policy_type(one.type)),
         count(one.sessions.all()), count(one.sessions.failed),
         format_share(one.sessions.failed, one.sessions.all()),
         format_share_before(before, one), count(one.organizations),
         format_share(one.sessions.all() - one.verified, one.sessions.all()),
         format_day(one.last)});
  }
  return format_head(facts.period) + text::format_columns(rows);
}

std::string format_domain_text(const DomainFacts& facts) {
  std::string text = facts.details.domain + ": " + format_head(facts.period);
  if (facts.details.senders.empty()) return text + "no reports\n";
  Rows rows = {{"DAY", "SENDER", "SIGNED BY", "POLICY", "SESSIONS", "FAILED",
                "POLICY ID"}};
  for (const reports::SenderTotals& one : facts.details.senders) {
    rows.push_back({text::format_date(one.day), or_dash(one.organization),
                    one.is_verified ? printable(one.signer) : "unverified",
                    std::string(tlsrpt::format_policy_type(one.type)),
                    count(one.sessions.all()), count(one.sessions.failed),
                    format_id(facts, one.policy_id)});
  }
  text += text::format_columns(rows);
  if (facts.details.failures.empty()) return text + "\nno failures\n";
  rows = {
      {"FAILED", "RESULT", "POLICY", "SENDER", "MX HOST", "ADDRESS", "REASON"}};
  std::set<std::string_view> results;
  for (const reports::FailureTotals& one : facts.details.failures) {
    results.insert(one.result_type);
    rows.push_back(
        {count(one.failed), or_dash(one.result_type),
         std::string(tlsrpt::format_policy_type(one.type)),
         or_dash(one.organization), or_dash(one.receiving_mx_hostname),
         or_dash(one.receiving_ip), or_dash(one.failure_reason_code)});
  }
  text += "\n" + text::format_columns(rows) + "\n";
  for (const std::string_view result : results) {
    const auto remedy = facts.remedies.find(result);
    if (remedy == facts.remedies.end()) continue;
    text += fmt::format("{}: {}\n", printable(result), remedy->second);
  }
  return text;
}

}  // namespace mtasts::tool
