// SPDX-License-Identifier: MIT
#include "operations/status_page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "operations/status_page_assets.hpp"
#include "text/ascii.hpp"
#include "text/duration.hpp"
#include "text/html.hpp"
#include "text/join.hpp"
#include "text/time.hpp"
#include "tlsrpt/policy_type.hpp"
#include "tlsrpt/report_days.hpp"

namespace mtasts::operations {
namespace {

using std::chrono::sys_seconds;

/// For a value in a query (RFC 3986, 2.1).
std::string encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = text::is_alphanumeric(c) || c == '-' || c == '.';
    out += plain ? std::string(1, c)
                 : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string format_moment(sys_seconds time) {
  const std::tm parts = fmt::gmtime(std::chrono::system_clock::to_time_t(time));
  return fmt::format(
      "<time datetime=\"{}\"><span>{:%Y-%m-%d}</span> <span>{:%H:%M:%S} UTC"
      "</span></time>",
      text::format_time(time), parts, parts);
}

std::string format_state(const Status& status) {
  if (status.reasons.empty()) {
    return "<section class=\"card state ready\" role=\"status\"><h2>Ready</h2>"
           "<p>Every policy host has a valid certificate, and the last reload "
           "was good.</p></section>\n";
  }
  std::string lines;
  for (const Reason& one : status.reasons.shown) {
    lines += fmt::format("<li><strong>{}</strong>: {}</li>\n", one.id,
                         text::escape_html(one.text));
  }
  const std::size_t more = status.reasons.total() - status.reasons.shown.size();
  if (more != 0) lines += fmt::format("<li>and {} more</li>\n", more);
  return fmt::format(
      "<section class=\"card state unready\" role=\"status\"><h2>Not "
      "ready</h2><ul>{}</ul></section>\n",
      lines);
}

std::string format_days(const DomainStatus& one, sys_seconds now) {
  if (one.certificate.expiry == sys_seconds{}) {
    return R"(<span class="tag bad">no certificate</span>)";
  }
  const auto left =
      std::chrono::floor<std::chrono::days>(one.certificate.expiry - now);
  if (one.certificate.expiry < now) {
    return R"(<span class="tag bad">certificate expired</span>)";
  }
  return fmt::format(
      R"(<span class="tag {}">certificate: {} day{} left</span>)",
      now > one.certificate.overdue ? "bad" : "good", left.count(),
      left.count() == 1 ? "" : "s");
}

/// The fetches of the last 24 hours, a bar for each.
std::string format_chart(const DomainStatus& one) {
  constexpr int k_step = 10;
  constexpr int k_width = 8;
  constexpr int k_height = 60;
  const auto& hours = one.fetches.hours;
  const std::uint32_t most =
      std::max<std::uint32_t>(*std::ranges::max_element(hours), 1);
  std::uint64_t sum = 0;
  std::string bars;
  for (std::size_t i = 0; i < hours.size(); ++i) {
    sum += hours[i];
    if (hours[i] == 0) continue;
    const auto height =
        std::max<std::uint64_t>(std::uint64_t{hours[i]} * k_height / most, 2);
    bars += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}"/>)",
                        i * k_step + 1, k_height - height, k_width, height);
  }
  return fmt::format(
      R"(<h3>Fetches in the last 24 hours: {0}</h3>
<svg viewBox="0 0 240 61" preserveAspectRatio="none" role="img" aria-label="{0} fetches of {1} in the last 24 hours, {2} in the busiest">{3}<line x1="0" x2="240" y1="60.5" y2="60.5"/></svg>
<div class="scale soft"><span>24 hours ago</span><span>now</span></div>
)",
      sum, text::escape_html(one.domain), sum == 0 ? 0 : most, bars);
}

std::string format_senders(const DomainStatus& one) {
  std::string rows;
  for (const auto& [name, fetches] : one.of_id.families()) {
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", name,
        fetches.count, format_moment(fetches.last));
  }
  if (rows.empty()) {
    return "<p>Nobody has fetched this policy yet.</p>\n";
  }
  return fmt::format(
      "<h3>Who has fetched the policy with this id</h3><table><thead><tr>"
      "<th scope=\"col\">Sender</th><th scope=\"col\">Fetches</th><th "
      "scope=\"col\">Last</th></tr></thead><tbody>{}</tbody></table>\n",
      rows);
}

/// What senders say of one day; nothing where nobody has asked for it.
std::string format_reported(const DomainStatus& one) {
  if (!one.has_reports) return {};
  if (!one.reported) {
    return "<h3>Reports</h3><p>No sender has reported anything yet.</p>\n";
  }
  const tlsrpt::DomainDay& of = *one.reported;
  std::string rows;
  for (const auto& [type, sessions] : of.by_type()) {
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td><span class=\"tag "
        "{}\">{}</span></td></tr>\n",
        tlsrpt::name_policy_type(type), sessions.all(),
        sessions.failed == 0 ? "good" : "bad", sessions.failed);
  }
  return fmt::format(
      "<h3>Sessions that senders reported for {}</h3><table><thead><tr>"
      "<th scope=\"col\">Policy</th><th scope=\"col\">Sessions</th><th "
      "scope=\"col\">Failed</th></tr></thead><tbody>{}</tbody></table>"
      "<p class=\"soft\">Reports: {}, {} of them unverified; senders: {}.</p>"
      "\n",
      text::format_date(of.day), rows, of.reports, of.unverified,
      of.organizations);
}

/// Of the file of reports, where one is wanted.
std::string format_report_file(const Status& status) {
  constexpr std::chrono::days k_fresh{2};
  const ReportedDays& reports = status.reports;
  if (!reports.is_wanted) return {};
  if (!reports.days) {
    return fmt::format("<p><span class=\"tag bad\">no reports</span> {}</p>\n",
                       text::escape_html(reports.fault));
  }
  const sys_seconds made = reports.days->made();
  return fmt::format(
      "<p class=\"soft\">Reports as of {}{}</p>\n", format_moment(made),
      made + k_fresh < status.now ? "; nothing has been read since." : ".");
}

/// Until when senders may hold what was served until now, and the policy is
/// needed.
std::string format_life(const DomainStatus& one) {
  std::string terms;
  const auto add = [&terms](std::string_view term, const std::string& value) {
    terms += fmt::format("<dt>{}</dt><dd>{}</dd>", term, value);
  };
  if (one.held.cached) {
    add("senders may hold it until", format_moment(*one.held.cached));
  }
  if (one.held.enforced && one.mode != sts::Mode::enforce) {
    add("and enforce one before until", format_moment(*one.held.enforced));
  }
  if (one.retire) add("needed until", text::format_date(*one.retire));
  return terms;
}

std::string format_domain(const DomainStatus& one, sys_seconds now) {
  std::string records;
  for (const publish::RecordSet& record : one.records) {
    records += fmt::format(
        R"(<div class="record" data-name="{0}"><div><code>{0} {1} IN TXT</code><code class="value">{2}</code></div></div>
)",
        text::escape_html(record.owner), record.ttl.count(),
        text::escape_html(record.values.front()));
  }
  const std::string mx = text::join(one.mx, ", ", text::escape_html);
  return fmt::format(
      R"(<section class="card"><div class="head"><h2>{}</h2><span class="tag">{}</span>{}</div>
<dl><dt>id</dt><dd><code>{}</code></dd><dt>max_age</dt><dd>{}</dd><dt>mx</dt><dd>{}</dd>{}</dl>
<h3>Records to publish</h3>
{}{}{}{}</section>
)",
      text::escape_html(one.domain), sts::format_mode(one.mode),
      format_days(one, now), one.id, text::format_duration(one.max_age),
      mx.empty() ? "none" : mx, format_life(one), records, format_reported(one),
      format_chart(one), format_senders(one));
}

std::string format_reloads(const snapshot::ReloadView& reloads) {
  std::string rows;
  for (const snapshot::ReloadEvent& one : reloads.history) {
    rows += fmt::format(
        "<tr><td>{}</td><td><span class=\"tag {}\">{}</span></td><td>{}</td>"
        "</tr>\n",
        format_moment(one.time), one.applied ? "good" : "bad",
        one.applied ? "applied" : "failed",
        one.applied
            ? fmt::format("{} changed, {} removed", one.changed, one.removed)
            : text::escape_html(one.fault));
  }
  if (rows.empty()) return "<p>None since the start.</p>\n";
  return fmt::format(
      "<table><thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Result"
      "</th><th scope=\"col\">What</th></tr></thead><tbody>{}</tbody></table>"
      "\n",
      rows);
}

std::string format_filter(const Status& status) {
  const StatusQuery& query = status.query;
  const std::size_t end = query.offset + status.found.size();
  std::string links;
  const auto link = [&](std::size_t offset, std::string_view text) {
    links += fmt::format(R"(<a href="/?q={}&amp;offset={}">{}</a>)",
                         encode(query.part), offset, text);
  };
  if (query.offset > 0) {
    link(query.offset - std::min(query.offset, query.limit), "Back");
  }
  if (end < status.matching) link(end, "Next");
  return fmt::format(
      R"(<p class="soft">{} of {} domains are shown.</p><nav aria-label="Pages">{}</nav>
)",
      status.found.size(), status.total, links);
}

}  // namespace

StatusText format_page(const Status& status) {
  return {
      .start = fmt::format(
          R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mta-stsd: {0}</title>
<link rel="icon" href="data:,">
<style>{1}</style>
</head>
<body>
<header><h1>mta-stsd {2}</h1>
<p class="soft">As of <span id="clock">{3}</span>; running since {4}. <span id="note" role="alert"></span></p></header>
<main>
<form action="/" method="get" role="search"><input type="search" name="q" value="{5}" aria-label="Part of a domain's name" placeholder="Part of a domain's name"><button type="submit">Find</button></form>
<div id="state">{6}</div>
<div id="live">
{7})",
          status.reasons.empty() ? "ready" : "not ready", text::k_page_style,
          MTASTSD_VERSION, format_moment(status.now),
          format_moment(status.started), text::escape_html(status.query.part),
          format_state(status), format_report_file(status)),
      .format = format_domain,
      .separator = "",
      .end = fmt::format(R"({}<section class="card"><h2>Reloads</h2>
{}</section>
</div>
</main>
<script>{}</script>
</body>
</html>
)",
                         format_filter(status), format_reloads(status.reloads),
                         k_page_script)};
}

std::map<std::string, std::string> page_fields() {
  static const std::string policy = fmt::format(
      "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; "
      "img-src data:; base-uri 'none'; form-action 'self'; "
      "frame-ancestors 'none'",
      text::csp_hash(text::k_page_style), text::csp_hash(k_page_script));
  return {{"Content-Security-Policy", policy},
          {"Referrer-Policy", "no-referrer"}};
}

}  // namespace mtasts::operations
