// SPDX-License-Identifier: MIT
// The page of all domains.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "text/time.hpp"
#include "tool/reports_page.hpp"
#include "tool/reports_page_parts.hpp"

namespace mtasts::tool {
namespace {

using reports::DomainTotals;
using tlsrpt::PolicyType;

// What comes behind has not failed, or less than all of these.
constexpr std::size_t k_max_rows = 1000;
// First what this program is about.
constexpr std::array k_types = {PolicyType::sts, PolicyType::tlsa,
                                PolicyType::no_policy_found, PolicyType::other};

/// All domains together, under policies of one type.
struct Overview {
  std::size_t domains = 0;
  std::size_t failing = 0;  // of these
  reports::Sessions sessions = {};
  std::uint64_t verified = 0;
};

Overview add_up(const std::vector<DomainTotals>& totals, PolicyType type) {
  Overview sum;
  for (const DomainTotals& one : totals) {
    if (one.type != type) continue;
    ++sum.domains;
    if (one.sessions.failed != 0) ++sum.failing;
    sum.sessions += one.sessions;
    sum.verified += one.verified;
  }
  return sum;
}

std::string format_type(const AllDomainsFacts& facts, PolicyType type) {
  const Overview sum = add_up(facts.totals, type);
  if (sum.domains == 0) return {};
  const Overview before = add_up(facts.before, type);
  return fmt::format(
      R"(<section class="card"><div class="head"><h2>{}</h2><span class="tag {}">{} failed</span></div>
<dl><dt>Domains</dt><dd>{}, {} with failures</dd><dt>Sessions</dt><dd>{}, {} failed</dd><dt>The days before</dt><dd>{}</dd></dl>
<p class="soft">{}</p>
{}</section>
)",
      tlsrpt::name_policy_type(type), sum.sessions.failed == 0 ? "good" : "bad",
      format_share(sum.sessions.failed, sum.sessions.all()), sum.domains,
      sum.failing, sum.sessions.all(), sum.sessions.failed,
      before.sessions.all() == 0
          ? "nothing was reported"
          : format_share(before.sessions.failed, before.sessions.all()) +
                " failed",
      format_unverified(sum.verified, sum.sessions.all()),
      format_day_charts(facts.days, type, facts.period));
}

/// Failures first, most of them on top; then by name and type, as they came.
std::vector<const DomainTotals*> choose_rows(
    const std::vector<DomainTotals>& totals) {
  std::vector<const DomainTotals*> rows;
  for (const DomainTotals& one : totals) rows.push_back(&one);
  std::ranges::stable_sort(rows, [](const auto* a, const auto* b) {
    return a->sessions.failed > b->sessions.failed;
  });
  rows.resize(std::min(rows.size(), k_max_rows));
  return rows;
}

std::string format_domains(const AllDomainsFacts& facts) {
  const TotalsIndex before = index_totals(facts.before);
  std::string rows;
  const std::vector<const DomainTotals*> chosen = choose_rows(facts.totals);
  for (const DomainTotals* one : chosen) {
    fmt::format_to(
        std::back_inserter(rows),
        R"(<tr><th scope="row">{}</th><td>{}</td><td class="number">{}</td>{}<td class="number">{}</td><td class="number">{}</td><td class="number">{}</td><td>{}</td></tr>
)",
        format_foreign(one->domain), tlsrpt::name_policy_type(one->type),
        one->sessions.all(), format_failed_cell(one->sessions.failed),
        format_share(one->sessions.failed, one->sessions.all()),
        format_share_before(before, *one), one->organizations,
        text::format_date(std::chrono::floor<std::chrono::days>(one->last)));
  }
  std::string text =
      format_table("Sessions by domain and policy, failures first",
                   {{"Domain"},
                    {"Policy"},
                    {"Sessions", true},
                    {"Failed", true},
                    {"Share", true},
                    {"Before", true},
                    {"Senders", true},
                    {"Last day"}},
                   rows);
  if (chosen.size() < facts.totals.size()) {
    text += fmt::format("<p>And {} more.</p>\n",
                        facts.totals.size() - chosen.size());
  }
  return text;
}

}  // namespace

std::string format_all_domains_page(const AllDomainsFacts& facts) {
  std::string body = "<header><h1>Reports on TLS between mail servers</h1>\n" +
                     format_period(facts.period, facts.now) +
                     "</header>\n<main>\n";
  for (const PolicyType type : k_types) body += format_type(facts, type);
  if (facts.totals.empty()) {
    body +=
        "<section class=\"card\"><h2>No reports</h2><p>No sender has reported "
        "anything of these days.</p></section>\n";
  } else {
    body += "<section class=\"card\"><h2>Domains</h2>\n" +
            format_domains(facts) +
            "<p class=\"soft\">A delivery may count under two policies: "
            "sessions of two must not be added up.</p></section>\n";
  }
  body += "</main>\n";
  return format_reports_document("Reports on TLS", body);
}

}  // namespace mtasts::tool
