// SPDX-License-Identifier: MIT
#include "tool/reports_page_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "text/html.hpp"
#include "text/time.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

// A database may be asked for years, and a bar for each day would be nothing to
// look at.
constexpr std::size_t k_max_bars = 400;

/// Besides what all pages have.
constexpr std::string_view k_reports_style = R"css(
caption { color: var(--soft); font-size: .875rem; padding: .25rem 0; text-align: left; }
.wide { margin-top: 1rem; overflow-x: auto; }
.wide td, .wide th { min-width: 8.5rem; overflow-wrap: anywhere; }
.wide thead th { min-width: 0; white-space: nowrap; }
.wide .number, .number { font-variant-numeric: tabular-nums; min-width: 0; text-align: right; white-space: nowrap; }
.failed rect { fill: var(--bad); }
details { margin: .5rem 0; }
summary { color: var(--link); cursor: pointer; }
.card h3 { margin-top: 1.25rem; }
)css";

struct Bar {
  sys_days day;
  reports::Sessions sessions;
};

/// One for each day, also where nothing was reported.
std::vector<Bar> make_bars(const std::vector<reports::DayTotals>& totals,
                           tlsrpt::PolicyType type,
                           const reports::Period& period) {
  const sys_days end = std::chrono::ceil<days>(period.until);
  const sys_days first =
      std::max(std::chrono::floor<days>(period.since), end - days(k_max_bars));
  std::vector<Bar> bars;
  for (sys_days day = first; day < end; day += days(1)) {
    bars.push_back({day, {}});
  }
  for (const reports::DayTotals& one : totals) {
    if (one.type != type || one.day < first || one.day >= end) continue;
    bars[static_cast<std::size_t>((one.day - first).count())].sessions +=
        one.sessions;
  }
  return bars;
}

/// `count` of each day as a bar; what is not nothing can be seen.
template <class Count>
std::string format_chart(const std::vector<Bar>& bars, std::string_view what,
                         std::string_view style, Count count) {
  constexpr int k_step = 10;
  constexpr int k_width = 8;
  constexpr std::uint64_t k_height = 60;
  const auto most = std::ranges::max_element(
      bars, {}, [&](const Bar& bar) { return count(bar.sessions); });
  const std::uint64_t scale = std::max<std::uint64_t>(count(most->sessions), 1);
  std::uint64_t sum = 0;
  std::string shapes;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const std::uint64_t value = count(bars[i].sessions);
    sum += value;
    if (value == 0) continue;
    // Not by whole numbers: the product of two counts may not fit.
    const double part = static_cast<double>(value) / static_cast<double>(scale);
    const auto height = std::max<std::uint64_t>(
        static_cast<std::uint64_t>(part * static_cast<double>(k_height)), 2);
    fmt::format_to(std::back_inserter(shapes),
                   R"(<rect x="{}" y="{}" width="{}" height="{}"/>)",
                   i * k_step + 1, k_height - height, k_width, height);
  }
  const std::size_t width = bars.size() * k_step;
  const std::string first = text::format_date(bars.front().day);
  const std::string last = text::format_date(bars.back().day);
  const std::string peak =
      sum == 0 ? std::string{}
               : fmt::format(", most on {}: {}", text::format_date(most->day),
                             count(most->sessions));
  return fmt::format(
      R"(<h3>{0} by day: {1}</h3>
<svg class="{2}" viewBox="0 0 {3} 61" preserveAspectRatio="none" role="img" aria-label="{0} from {4} to {5}: {1}{6}">{7}<line x1="0" x2="{3}" y1="60.5" y2="60.5"/></svg>
<div class="scale soft"><span>{4}</span><span>{5}</span></div>
)",
      what, sum, style, width, first, last, peak, shapes);
}

std::string format_numbers(const std::vector<Bar>& bars,
                           tlsrpt::PolicyType type) {
  std::string rows;
  for (const auto& [day, sessions] : bars) {
    fmt::format_to(std::back_inserter(rows),
                   "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td>"
                   "<td class=\"number\">{}</td></tr>\n",
                   text::format_date(day), sessions.all(), sessions.failed);
  }
  return fmt::format(
      "<details><summary>Numbers of each day</summary><table><caption>{}, by "
      "day</caption><thead><tr><th scope=\"col\">Day</th><th scope=\"col\" "
      "class=\"number\">Sessions</th><th scope=\"col\" class=\"number\">Failed"
      "</th></tr></thead><tbody>{}</tbody></table></details>\n",
      tlsrpt::name_policy_type(type), rows);
}

}  // namespace

std::string format_reports_document(std::string_view title,
                                    std::string_view body) {
  static const std::string policy = fmt::format(
      "default-src 'none'; style-src {} {}; img-src data:; base-uri 'none'; "
      "form-action 'none'",
      text::csp_hash(text::k_page_style), text::csp_hash(k_reports_style));
  return fmt::format(
      R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{}</title>
<link rel="icon" href="data:,">
<style>{}</style>
<style>{}</style>
</head>
<body>
{}</body>
</html>
)",
      policy, text::escape_html(title), text::k_page_style, k_reports_style,
      body);
}

std::string format_period(const reports::Period& period,
                          std::chrono::sys_seconds now) {
  return fmt::format(
      "<p class=\"soft\">{} to {}, by UTC; as of {}.</p>\n",
      text::format_date(std::chrono::floor<days>(period.since)),
      text::format_date(std::chrono::ceil<days>(period.until) - days(1)),
      text::format_time(now));
}

TotalsIndex index_totals(const std::vector<reports::DomainTotals>& totals) {
  TotalsIndex index;
  for (const reports::DomainTotals& one : totals) {
    index[{one.domain, one.type}] = one.sessions;
  }
  return index;
}

std::string format_share_before(const TotalsIndex& index,
                                const reports::DomainTotals& now) {
  const auto found = index.find({now.domain, now.type});
  return found == index.end()
             ? "none"
             : format_share(found->second.failed, found->second.all());
}

std::string format_share(std::uint64_t part, std::uint64_t all) {
  if (all == 0) return "none";
  if (part == 0) return "0 %";
  if (part == all) return "100 %";
  const double percent =
      static_cast<double>(part) / static_cast<double>(all) * 100;
  // Neither rounds to nothing nor to all.
  return fmt::format("{:.2f} %", std::clamp(percent, 0.01, 99.99));
}

std::string format_failed_cell(std::uint64_t failed) {
  return fmt::format(
      R"(<td class="number"><span class="tag {}">{}</span></td>)",
      failed == 0 ? "good" : "bad", failed);
}

std::string format_foreign(std::string_view text) {
  return "<bdi>" + text::escape_html(text) + "</bdi>";
}

std::string format_unverified(std::uint64_t verified, std::uint64_t all) {
  return fmt::format("Unverified, and so anybody's word: {} of the sessions.",
                     format_share(all - std::min(verified, all), all));
}

std::string format_day_charts(const std::vector<reports::DayTotals>& totals,
                              tlsrpt::PolicyType type,
                              const reports::Period& period) {
  const std::vector<Bar> bars = make_bars(totals, type, period);
  const auto has = [&bars](std::uint64_t reports::Sessions::*count) {
    return std::ranges::any_of(
        bars, [&](const Bar& bar) { return bar.sessions.*count != 0; });
  };
  if (!has(&reports::Sessions::successful) &&
      !has(&reports::Sessions::failed)) {
    return {};
  }
  std::string text =
      format_chart(bars, "Sessions", "all",
                   [](const reports::Sessions& one) { return one.all(); });
  if (has(&reports::Sessions::failed)) {
    text +=
        format_chart(bars, "Failed sessions", "failed",
                     [](const reports::Sessions& one) { return one.failed; });
  }
  return text + format_numbers(bars, type);
}

std::string format_table(std::string_view caption,
                         const std::vector<Column>& head,
                         std::string_view rows) {
  std::string columns;
  for (const auto& [name, is_number] : head) {
    columns += fmt::format("<th scope=\"col\"{}>{}</th>",
                           is_number ? " class=\"number\"" : "", name);
  }
  return fmt::format(
      "<div class=\"wide\" role=\"region\" aria-label=\"{0}\" tabindex=\"0\">"
      "<table><caption>{0}</caption><thead><tr>{1}</tr></thead><tbody>{2}"
      "</tbody></table></div>\n",
      text::escape_html(caption), columns, rows);
}

}  // namespace mtasts::tool
