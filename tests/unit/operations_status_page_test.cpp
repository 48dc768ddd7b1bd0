// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "operations/status_page.hpp"
#include "test_status.hpp"

namespace mtasts::operations {
namespace {

std::string page_of(const Status& status,
                    const DomainStatus& domain = make_domain()) {
  return join(format_page(status), {domain});
}

/// What lies between them, without either.
std::string between(const std::string& text, std::string_view begin,
                    std::string_view end) {
  const std::size_t at = text.find(begin) + begin.size();
  return text.substr(at, text.find(end, at) - at);
}

TEST(OperationsStatusPage, TellsAllThatIsKnown) {
  DomainStatus domain = make_domain();
  domain.fetches.hours[2] = 4;
  EXPECT_EQ(
      between(page_of(make_status(), domain), "<main>\n", "</main>"),
      R"(<form action="/" method="get" role="search"><input type="search" name="q" value="exam" aria-label="Part of a domain's name" placeholder="Part of a domain's name"><button type="submit">Find</button></form>
<div id="state"><section class="card state unready" role="status"><h2>Not ready</h2><ul><li><strong>certificate.expired</strong>: it &quot;ended&quot;</li>
</ul></section>
</div>
<div id="live">
<section class="card"><div class="head"><h2>example.com</h2><span class="tag">enforce</span><span class="tag good">certificate: 30 days left</span></div>
<dl><dt>id</dt><dd><code>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</code></dd><dt>max_age</dt><dd>1w</dd><dt>mx</dt><dd>a.example.com, *.example.com</dd><dt>senders may hold it until</dt><dd><time datetime="2026-02-11T00:00:00Z"><span>2026-02-11</span> <span>00:00:00 UTC</span></time></dd><dt>needed until</dt><dd>2026-02-13</dd></dl>
<h3>Records to publish</h3>
<div class="record" data-name="_mta-sts.example.com"><div><code>_mta-sts.example.com 300 IN TXT</code><code class="value">v=STSv1; id=a</code></div></div>
<h3>Fetches in the last 24 hours: 35</h3>
<svg viewBox="0 0 240 61" preserveAspectRatio="none" role="img" aria-label="35 fetches of example.com in the last 24 hours, 16 in the busiest"><rect x="1" y="4" width="8" height="56"/><rect x="21" y="45" width="8" height="15"/><rect x="231" y="0" width="8" height="60"/><line x1="0" x2="240" y1="60.5" y2="60.5"/></svg>
<div class="scale soft"><span>24 hours ago</span><span>now</span></div>
<h3>Who has fetched the policy with this id</h3><table><thead><tr><th scope="col">Sender</th><th scope="col">Fetches</th><th scope="col">Last</th></tr></thead><tbody><tr><th scope="row">google</th><td>14</td><td><time datetime="2026-01-01T23:59:46Z"><span>2026-01-01</span> <span>23:59:46 UTC</span></time></td></tr>
</tbody></table>
</section>
<p class="soft">1 of 9 domains are shown.</p><nav aria-label="Pages"><a href="/?q=exam&amp;offset=2">Back</a><a href="/?q=exam&amp;offset=4">Next</a></nav>
<section class="card"><h2>Reloads</h2>
<table><thead><tr><th scope="col">Time</th><th scope="col">Result</th><th scope="col">What</th></tr></thead><tbody><tr><td><time datetime="2026-01-01T23:59:35Z"><span>2026-01-01</span> <span>23:59:35 UTC</span></time></td><td><span class="tag bad">failed</span></td><td>x.toml: bad</td></tr>
<tr><td><time datetime="2026-01-01T23:59:34Z"><span>2026-01-01</span> <span>23:59:34 UTC</span></time></td><td><span class="tag good">applied</span></td><td>27 changed, 28 removed</td></tr>
</tbody></table>
</section>
</div>
)");
}

TEST(OperationsStatusPage, TellsWhatWasReported) {
  DomainStatus domain = make_domain();
  const auto section = [&domain] {
    return between(page_of(make_status(), domain),
                   "v=STSv1; id=a</code></div></div>\n", "<h3>Fetches");
  };
  EXPECT_EQ(section(), "");
  domain.has_reports = true;
  EXPECT_EQ(section(),
            "<h3>Reports</h3><p>No sender has reported anything yet.</p>\n");
  domain.reported = make_reported();
  EXPECT_EQ(
      section(),
      R"(<h3>Sessions that senders reported for 2026-01-01</h3><table><thead><tr><th scope="col">Policy</th><th scope="col">Sessions</th><th scope="col">Failed</th></tr></thead><tbody><tr><th scope="row">DANE (tlsa)</th><td>34</td><td><span class="tag good">0</span></td></tr>
<tr><th scope="row">MTA-STS (sts)</th><td>71</td><td><span class="tag bad">36</span></td></tr>
</tbody></table><p class="soft">Reports: 33, 31 of them unverified; senders: 32.</p>
)");
}

TEST(OperationsStatusPage, SaysHowOldTheReportsAre) {
  Status status = make_status();
  const auto line = [&status] {
    return between(page_of(status), "<div id=\"live\">\n", "<section");
  };
  EXPECT_EQ(line(), "");
  status.reports = make_reports(k_now - days(2));
  EXPECT_EQ(
      line(),
      R"(<p class="soft">Reports as of <time datetime="2025-12-31T00:00:00Z"><span>2025-12-31</span> <span>00:00:00 UTC</span></time>.</p>
)");
  status.reports = make_reports(k_now - days(2) - seconds(1));
  EXPECT_TRUE(line().ends_with("</time>; nothing has been read since.</p>\n"));
  status.reports = {.is_wanted = true, .days = nullptr, .fault = "<a> is gone"};
  EXPECT_EQ(line(),
            "<p><span class=\"tag bad\">no reports</span> &lt;a&gt; is "
            "gone</p>\n");
}

TEST(OperationsStatusPage, ShowsAHundredReasonsAndHowManyMore) {
  const std::string id = "certificate.expired";
  Status status = make_status();
  status.reasons = {};
  const auto end = [&status] {
    const std::string all = between(page_of(status), "<ul>", "</ul>");
    return all.substr(all.rfind("<li>"));
  };
  for (int i = 1; i <= 100; ++i) status.reasons.add({id, fmt::format("{}", i)});
  EXPECT_EQ(end(), "<li><strong>certificate.expired</strong>: 100</li>\n");
  status.reasons.add({id, "101"});
  EXPECT_EQ(end(), "<li>and 1 more</li>\n");
}

TEST(OperationsStatusPage, SaysHowLongTheCertificateLasts) {
  DomainStatus domain = make_domain();
  sys_seconds& expiry = domain.certificate.expiry;
  sys_seconds& overdue = domain.certificate.overdue;
  const auto tag = [&domain] {
    return between(page_of(make_status(), domain),
                   R"(<span class="tag">enforce</span><span class="tag )",
                   "</span>");
  };
  expiry = k_now + days(3) - seconds(1);
  overdue = k_now;
  EXPECT_EQ(tag(), R"(good">certificate: 2 days left)");
  overdue = k_now - seconds(1);
  EXPECT_EQ(tag(), R"(bad">certificate: 2 days left)");
  expiry = k_now + days(1);
  EXPECT_EQ(tag(), R"(bad">certificate: 1 day left)");
  expiry = k_now;
  EXPECT_EQ(tag(), R"(bad">certificate: 0 days left)");
  expiry = k_now - seconds(1);
  EXPECT_EQ(tag(), R"(bad">certificate expired)");
  expiry = {};
  EXPECT_EQ(tag(), R"(bad">no certificate)");
}

TEST(OperationsStatusPage, ShowsTheQuietestHourToo) {
  DomainStatus domain = make_domain();
  const auto chart = [&domain] {
    return between(page_of(make_status(), domain), "role=\"img\" aria-label=\"",
                   "<line");
  };
  domain.fetches.hours = {1, 100};
  EXPECT_EQ(chart(),
            "101 fetches of example.com in the last 24 hours, 100 in the "
            "busiest\">"
            R"(<rect x="1" y="58" width="8" height="2"/>)"
            R"(<rect x="11" y="0" width="8" height="60"/>)");
  domain.fetches.hours = {};
  EXPECT_EQ(chart(),
            "0 fetches of example.com in the last 24 hours, 0 in the "
            "busiest\">");
}

TEST(OperationsStatusPage, LinksToThePagesThatThereAre) {
  Status status = make_status();
  const auto links = [&status] {
    return between(page_of(status), "<nav aria-label=\"Pages\">", "</nav>");
  };
  const std::string back = R"(<a href="/?q=exam&amp;offset=2">Back</a>)";
  const std::string next = R"(<a href="/?q=exam&amp;offset=4">Next</a>)";
  status.matching = 5;
  EXPECT_EQ(links(), back + next);
  status.matching = 4;
  EXPECT_EQ(links(), back);
  status.query.offset = 0;
  status.matching = 2;
  EXPECT_EQ(links(), R"(<a href="/?q=exam&amp;offset=1">Next</a>)");
  status.query = {.part = "a&b", .offset = 1, .limit = 50};
  EXPECT_EQ(links(), R"(<a href="/?q=a%26b&amp;offset=0">Back</a>)");
}

TEST(OperationsStatusPage, SaysWhenThereIsNothingToTell) {
  Status status = make_status();
  status.reasons = {};
  status.reloads = {};
  DomainStatus domain = make_domain();
  domain.mx.clear();
  domain.of_id = {};
  domain.held = {};
  domain.retire = {};
  const std::string page = page_of(status, domain);
  EXPECT_EQ(between(page, "<title>", "</title>"), "mta-stsd: ready");
  EXPECT_EQ(between(page, "<div id=\"state\">", "</div>"),
            "<section class=\"card state ready\" role=\"status\">"
            "<h2>Ready</h2><p>Every policy host has a valid certificate, and "
            "the last reload was good.</p></section>\n");
  EXPECT_EQ(between(page, "<dt>mx</dt>", "</dl>"), "<dd>none</dd>");
  EXPECT_EQ(between(page, "<p>Nobody", "</p>"),
            " has fetched this policy yet.");
  EXPECT_EQ(between(page, "<h2>Reloads</h2>\n", "</section>"),
            "<p>None since the start.</p>\n");
}

}  // namespace
}  // namespace mtasts::operations
