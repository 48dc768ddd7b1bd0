// SPDX-License-Identifier: MIT
// What a browser makes of the pages is looked at by tests/page.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "text/html.hpp"
#include "tool/reports_page.hpp"

namespace mtasts::tool {
namespace {

using reports::DomainTotals;
using reports::FailureTotals;
using reports::Period;
using reports::SenderTotals;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using tlsrpt::PolicyType;

constexpr sys_days k_day = year(2026) / 11 / 26;
constexpr auto k_now = k_day + days(2) + hours(5);
constexpr Period k_period = {.since = k_day, .until = k_day + days(2)};
// The last second of its second day.
constexpr auto k_last = k_day + days(2) - seconds(1);

std::string between(const std::string& text, std::string_view begin,
                    std::string_view end) {
  const std::size_t at = text.find(begin) + begin.size();
  return text.substr(at, text.find(end, at) - at);
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

SenderTotals make_sender() {
  return {.organization = "Alpha & Co",
          .signer = "alpha.test",
          .is_verified = true,
          .type = PolicyType::sts,
          .policy_id = std::string(32, 'a'),
          .day = k_day,
          .sessions = {.successful = 99, .failed = 1},
          .reports = 1,
          .last = k_last};
}

DomainFacts make_facts() {
  SenderTotals other = make_sender();
  other.organization = "Beta";
  other.signer = "";
  other.is_verified = false;
  other.policy_id = "";
  other.day = k_day + days(1);
  other.sessions = {.successful = 300, .failed = 0};
  return {
      .now = k_now,
      .period = k_period,
      .details = {.domain = "example.com",
                  .senders = {make_sender(), other},
                  .failures = {{.organization = "Alpha & Co",
                                .policy_id = std::string(32, 'a'),
                                .type = PolicyType::sts,
                                .result_type = "certificate-expired",
                                .receiving_mx_hostname = "mx.example.com",
                                .failed = 1,
                                .receiving_ip = "192.0.2.1",
                                .failure_reason_code = "<10>",
                                .last = k_last}}},
      .ids = {{std::string(32, 'a'), "served now"}},
      .remedies = {{"certificate-expired", "renew \"it\""}},
      .verdict = PageVerdict{
          .is_ready = false, .headline = "Not ready", .reasons = {"a < b"}}};
}

TEST(ToolReportsPage, TellsAllOfADomain) {
  const std::string page = format_domain_page(make_facts());
  EXPECT_EQ(between(page, "<title>", "</title>"), "Reports on example.com");
  EXPECT_EQ(between(page, "<body>\n", "</body>"),
            R"html(<header><h1>Reports on <bdi>example.com</bdi></h1>
<p class="soft">2026-11-26 to 2026-11-27, by UTC; as of 2026-11-28T05:00:00Z.</p>
</header>
<main>
<section class="card state unready"><h2>Not ready</h2><ul><li>a &lt; b</li>
</ul></section>
<section class="card"><div class="head"><h2>MTA-STS (sts)</h2><span class="tag bad">0.25 % failed</span></div>
<p class="soft">Unverified, and so anybody's word: 75.00 % of the sessions.</p>
<h3>Sessions by day: 400</h3>
<svg class="all" viewBox="0 0 20 61" preserveAspectRatio="none" role="img" aria-label="Sessions from 2026-11-26 to 2026-11-27: 400, most on 2026-11-27: 300"><rect x="1" y="40" width="8" height="20"/><rect x="11" y="0" width="8" height="60"/><line x1="0" x2="20" y1="60.5" y2="60.5"/></svg>
<div class="scale soft"><span>2026-11-26</span><span>2026-11-27</span></div>
<h3>Failed sessions by day: 1</h3>
<svg class="failed" viewBox="0 0 20 61" preserveAspectRatio="none" role="img" aria-label="Failed sessions from 2026-11-26 to 2026-11-27: 1, most on 2026-11-26: 1"><rect x="1" y="0" width="8" height="60"/><line x1="0" x2="20" y1="60.5" y2="60.5"/></svg>
<div class="scale soft"><span>2026-11-26</span><span>2026-11-27</span></div>
<details><summary>Numbers of each day</summary><table><caption>MTA-STS (sts), by day</caption><thead><tr><th scope="col">Day</th><th scope="col" class="number">Sessions</th><th scope="col" class="number">Failed</th></tr></thead><tbody><tr><th scope="row">2026-11-26</th><td class="number">100</td><td class="number">1</td></tr>
<tr><th scope="row">2026-11-27</th><td class="number">300</td><td class="number">0</td></tr>
</tbody></table></details>
<div class="wide" role="region" aria-label="Who has reported: MTA-STS (sts)" tabindex="0"><table><caption>Who has reported: MTA-STS (sts)</caption><thead><tr><th scope="col">Sender</th><th scope="col">Trust</th><th scope="col" class="number">Sessions</th><th scope="col" class="number">Failed</th><th scope="col">Policy that it had, by its id</th><th scope="col">Last day</th></tr></thead><tbody><tr><th scope="row"><bdi>Alpha &amp; Co</bdi></th><td>signed by <bdi>alpha.test</bdi></td><td class="number">100</td><td class="number"><span class="tag bad">1</span></td><td><code>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</code> (served now)</td><td>2026-11-27</td></tr>
<tr><th scope="row"><bdi>Beta</bdi></th><td>unverified</td><td class="number">300</td><td class="number"><span class="tag good">0</span></td><td>not told</td><td>2026-11-27</td></tr>
</tbody></table></div>
<div class="wide" role="region" aria-label="What has failed: MTA-STS (sts)" tabindex="0"><table><caption>What has failed: MTA-STS (sts)</caption><thead><tr><th scope="col">Result</th><th scope="col">Sender</th><th scope="col">MX host</th><th scope="col" class="number">Failed</th><th scope="col">Reason, as the sender has it</th><th scope="col">Last day</th></tr></thead><tbody><tr><th scope="row"><bdi>certificate-expired</bdi></th><td><bdi>Alpha &amp; Co</bdi></td><td><bdi>mx.example.com</bdi> <bdi>192.0.2.1</bdi></td><td class="number"><span class="tag bad">1</span></td><td><bdi>&lt;10&gt;</bdi></td><td>2026-11-27</td></tr>
</tbody></table></div>
<h3>What to do</h3><dl><dt><bdi>certificate-expired</bdi></dt><dd>renew &quot;it&quot;</dd></dl>
</section>
</main>
)html");
}

TEST(ToolReportsPage, AdmitsItsOwnStyleAlone) {
  const std::string page = format_domain_page(make_facts());
  const std::string policy =
      between(page, "Content-Security-Policy\" content=\"", "\"");
  const std::size_t second = page.find("<style>", page.find("<style>") + 1);
  EXPECT_EQ(
      policy,
      fmt::format(
          "default-src 'none'; style-src {} {}; img-src data:; base-uri "
          "'none'; form-action 'none'",
          text::csp_hash(between(page, "<style>", "</style>")),
          text::csp_hash(between(page.substr(second), "<style>", "</style>"))));
  for (const char* part :
       {"<script", " style=", " onload=", " onerror=", "://"}) {
    EXPECT_EQ(page.find(part, page.find("<body>")), std::string::npos) << part;
  }
}

// Every text that a sender chooses, with what would end its place.
TEST(ToolReportsPage, EscapesWhatStrangersWrite) {
  const std::string evil = "\"><script>x</script>\x01\xFF'&\xE2\x80\xAE";
  DomainFacts facts = make_facts();
  facts.details.domain = evil;
  SenderTotals& sender = facts.details.senders.front();
  sender.organization = evil;
  sender.signer = evil;
  sender.policy_id = evil;
  FailureTotals& failure = facts.details.failures.front();
  failure.organization = evil;
  failure.result_type = evil;
  failure.receiving_mx_hostname = evil;
  failure.receiving_ip = evil;
  failure.failure_reason_code = evil;
  facts.remedies = {{evil, evil}};
  facts.ids = {{evil, evil}};
  facts.verdict = PageVerdict{true, evil, {evil}};
  const std::string page = format_domain_page(facts);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_EQ(page.find('\xFF'), std::string::npos);
  EXPECT_EQ(count_of(page,
                     "&quot;&gt;&lt;script&gt;x&lt;/script&gt; "
                     "\xEF\xBF\xBD'&amp;\xE2\x80\xAE"),
            15U);
}

TEST(ToolReportsPage, SaysWhoseIdAPolicyIsNot) {
  DomainFacts facts = make_facts();
  facts.ids = {{std::string(32, 'b'), "served now"}};
  EXPECT_NE(format_domain_page(facts).find("</code> (not one of ours)"),
            std::string::npos);
  facts.ids.clear();  // nobody has told which are
  EXPECT_NE(format_domain_page(facts).find("</code> </td>"), std::string::npos);
}

TEST(ToolReportsPage, KeepsTypesApart) {
  DomainFacts facts = make_facts();
  facts.details.senders.back().type = PolicyType::tlsa;
  const std::string page = format_domain_page(facts);
  EXPECT_NE(page.find("<h3>Sessions by day: 100</h3>"), std::string::npos);
  EXPECT_NE(page.find("<h3>Sessions by day: 300</h3>"), std::string::npos);
  EXPECT_EQ(page.find("400"), std::string::npos);
  // DANE has no ids, and nothing has failed under it.
  EXPECT_EQ(count_of(page, "by its id"), 1U);
  EXPECT_EQ(count_of(page, "<h3>Failed"), 1U);
}

TEST(ToolReportsPage, HasBoundsForWhatStrangersSend) {
  DomainFacts facts = make_facts();
  for (int i = 0; i < 1500; ++i) {
    SenderTotals sender = make_sender();
    sender.organization = fmt::format("{}", i);
    facts.details.senders.push_back(sender);
    FailureTotals failure = facts.details.failures.front();
    failure.organization = sender.organization;
    facts.details.failures.push_back(failure);
  }
  const std::string page = format_domain_page(facts);
  EXPECT_NE(page.find("<p>And 502 more.</p>"), std::string::npos);
  EXPECT_NE(page.find("<p>And 501 more.</p>"), std::string::npos);
  EXPECT_EQ(count_of(page, "<tr><th scope=\"row\">"), 2002U);
}

TEST(ToolReportsPage, TellsOfAllDomains) {
  const AllDomainsFacts facts = {
      .now = k_now,
      .period = k_period,
      .totals = {{.domain = "a.test",
                  .type = PolicyType::sts,
                  .sessions = {.successful = 10, .failed = 0},
                  .verified = 10,
                  .reports = 2,
                  .organizations = 2,
                  .last = k_last},
                 {.domain = "b.test",
                  .type = PolicyType::sts,
                  .sessions = {.successful = 5, .failed = 5},
                  .verified = 0,
                  .reports = 1,
                  .organizations = 1,
                  .last = k_last}},
      .before = {{.domain = "b.test",
                  .type = PolicyType::sts,
                  .sessions = {.successful = 100'000, .failed = 1}}},
      .days = {{.day = k_day,
                .type = PolicyType::sts,
                .sessions = {.successful = 15, .failed = 5}}}};
  const std::string page = format_all_domains_page(facts);
  EXPECT_EQ(
      between(page, "<main>\n", "<h3>"),
      R"html(<section class="card"><div class="head"><h2>MTA-STS (sts)</h2><span class="tag bad">25.00 % failed</span></div>
<dl><dt>Domains</dt><dd>2, 1 with failures</dd><dt>Sessions</dt><dd>20, 5 failed</dd><dt>The days before</dt><dd>0.01 % failed</dd></dl>
<p class="soft">Unverified, and so anybody's word: 50.00 % of the sessions.</p>
)html");
  EXPECT_EQ(
      between(page, "<tbody><tr><th scope=\"row\"><bdi>b", "</tbody>"),
      R"html(.test</bdi></th><td>MTA-STS (sts)</td><td class="number">10</td><td class="number"><span class="tag bad">5</span></td><td class="number">50.00 %</td><td class="number">0.01 %</td><td class="number">1</td><td>2026-11-27</td></tr>
<tr><th scope="row"><bdi>a.test</bdi></th><td>MTA-STS (sts)</td><td class="number">10</td><td class="number"><span class="tag good">0</span></td><td class="number">0 %</td><td class="number">none</td><td class="number">2</td><td>2026-11-27</td></tr>
)html");
}

TEST(ToolReportsPage, ShowsTheWorstOfVeryManyDomains) {
  AllDomainsFacts facts = {.now = k_now, .period = k_period, .totals = {}};
  for (std::uint64_t i = 0; i < 1200; ++i) {
    facts.totals.push_back({.domain = fmt::format("d{:04}.test", i),
                            .type = PolicyType::sts,
                            .sessions = {.successful = 1, .failed = i / 600}});
  }
  const std::string page = format_all_domains_page(facts);
  EXPECT_LT(page.find("d0600.test"), page.find("d0000.test"));
  EXPECT_NE(page.find("d1199.test"), std::string::npos);
  EXPECT_EQ(page.find("d0400.test"), std::string::npos);
  EXPECT_NE(page.find("<p>And 200 more.</p>"), std::string::npos);
}

TEST(ToolReportsPage, SaysThatThereIsNothing) {
  constexpr std::string_view k_nothing =
      "<section class=\"card\"><h2>No reports</h2><p>No sender has reported "
      "anything of these days.</p></section>\n";
  EXPECT_EQ(between(format_all_domains_page(
                        {.now = k_now, .period = k_period, .totals = {}}),
                    "<main>\n", "</main>"),
            k_nothing);
  EXPECT_EQ(between(format_domain_page({.now = k_now,
                                        .period = k_period,
                                        .details = {.domain = "example.com"}}),
                    "<main>\n", "</main>"),
            k_nothing);
}

TEST(ToolReportsPage, DrawsTheLargestCountsAndTheLongestTime) {
  DomainFacts facts = make_facts();
  facts.period = {.since = k_day - days(4000), .until = k_day + days(2)};
  facts.details.senders.front().sessions = {.successful = ~std::uint64_t{1},
                                            .failed = 1};
  const std::string page = format_domain_page(facts);
  EXPECT_NE(page.find("viewBox=\"0 0 4000 61\""), std::string::npos);
  EXPECT_NE(page.find("height=\"60\""), std::string::npos);
}

}  // namespace
}  // namespace mtasts::tool
