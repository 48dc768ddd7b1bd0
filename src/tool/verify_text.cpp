// SPDX-License-Identifier: MIT
#include "tool/verify_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "diagnostic.hpp"
#include "result.hpp"
#include "sts/policy.hpp"
#include "text/join.hpp"
#include "text/time.hpp"
#include "tls/peer_facts.hpp"
#include "tool/wrapped.hpp"
#include "verify/facts.hpp"

namespace mtasts::tool {
namespace {

using verify::Judged;
using verify::Verdict;

// --- Colours (ECMA-48, 8.3.117) ---

constexpr std::string_view k_red = "31";
constexpr std::string_view k_green = "32";
constexpr std::string_view k_yellow = "33";
constexpr std::string_view k_cyan = "36";
constexpr std::string_view k_bold = "1";

/// `text` with the first `word` of it marked.
std::string mark(std::string text, std::string_view word, std::string_view code,
                 Colour colour) {
  const std::size_t at = text.find(word);
  if (colour == Colour::none || at == std::string::npos) return text;
  return text.replace(at, word.size(),
                      fmt::format("\x1b[{}m{}\x1b[m", code, word));
}

std::string_view colour_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return k_red;
    case Severity::warning:
      return k_yellow;
    case Severity::untested:
      return k_cyan;
    case Severity::note:
      break;
  }
  return k_bold;
}

// --- The line of a domain ---

/// "1 error", "2 errors".
std::string count_of(std::size_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

/// "2 MX hosts at 4 addresses".
std::string describe_hosts(const verify::Facts& facts) {
  std::set<std::string> addresses;
  for (const verify::Mx& mx : facts.hosts) {
    for (const verify::SmtpProbe& probe : mx.host->probes) {
      addresses.insert(probe.address);
    }
  }
  std::string text = count_of(facts.hosts.size(), "MX host");
  if (addresses.empty()) return text;
  return text + fmt::format(" at {} address{}", addresses.size(),
                            addresses.size() == 1 ? "" : "es");
}

/// When the first certificate ends of those that were shown.
std::optional<std::chrono::sys_seconds> find_first_end(
    const verify::Facts& facts) {
  std::optional<std::chrono::sys_seconds> first;
  const auto add = [&first](const tls::PeerFacts& tls) {
    if (tls.chain.empty()) return;
    const auto end = tls.chain.front().not_after;
    first = first ? std::min(*first, end) : end;
  };
  for (const verify::Fetch& fetch : facts.fetches) add(fetch.tls);
  for (const verify::Mx& mx : facts.hosts) {
    for (const verify::SmtpProbe& probe : mx.host->probes) add(probe.tls);
  }
  return first;
}

/// In brackets: the mode, and of a domain that is well what was looked at.
std::string describe(const Judged& judged, Verdict verdict, Notes notes) {
  std::vector<std::string> parts;
  if (judged.facts.view.is_planned) parts.emplace_back("planned");
  if (judged.policy) {
    parts.emplace_back(sts::format_mode(judged.policy->mode()));
  }
  if (verdict == Verdict::good) {
    parts.push_back(describe_hosts(judged.facts));
    if (const auto end = find_first_end(judged.facts)) {
      constexpr std::size_t k_date = 10;
      parts.push_back("valid until " +
                      text::format_time(*end).substr(0, k_date));
    }
    if (notes == Notes::counted && !judged.findings.empty()) {
      parts.push_back(count_of(judged.findings.size(), "note"));
    }
  }
  if (parts.empty()) return {};
  return fmt::format(" ({})", fmt::join(parts, ", "));
}

/// "2 errors, 1 could not be tested".
std::string count_findings(const Diagnostics& findings) {
  std::vector<std::string> parts;
  const auto add = [&](Severity severity, auto format) {
    const std::size_t number = verify::count(findings, severity);
    if (number > 0) parts.push_back(format(number));
  };
  add(Severity::error, [](std::size_t n) { return count_of(n, "error"); });
  add(Severity::warning, [](std::size_t n) { return count_of(n, "warning"); });
  add(Severity::untested,
      [](std::size_t n) { return fmt::format("{} could not be tested", n); });
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string format_domain_line(const Judged& judged, Colour colour,
                               Notes notes) {
  const Verdict verdict = verify::verdict_of(judged);
  std::string says = "good";
  std::string_view code = k_green;
  if (verdict == Verdict::absent) {
    says = "no policy";
    code = k_bold;
  } else if (verdict != Verdict::good) {
    says = count_findings(judged.findings);
    code = colour_of(verdict == Verdict::error     ? Severity::error
                     : verdict == Verdict::warning ? Severity::warning
                                                   : Severity::untested);
  }
  return fmt::format("{}: {}{}\n", printable(judged.facts.domain),
                     mark(says, says, code, colour),
                     describe(judged, verdict, notes));
}

// --- What is wrong ---

constexpr std::string_view k_subject_indent = "  ";
constexpr std::string_view k_finding_indent = "    ";
constexpr std::string_view k_answer_indent = "      ";
constexpr std::size_t k_rest_indent = 8;

std::string format_finding(const Diagnostic& finding, std::string_view effect,
                           Colour colour) {
  const std::string_view label = finding.severity == Severity::untested
                                     ? "could not test"
                                     : format_severity(finding.severity);
  std::string text =
      mark(format_wrapped(
               fmt::format("{}{}: ", k_finding_indent, label),
               fmt::format("{} [{}]", printable(finding.message), finding.id),
               k_rest_indent),
           label, colour_of(finding.severity), colour);
  if (!effect.empty()) {
    text +=
        mark(format_wrapped(std::string(k_answer_indent) + "effect: ", effect,
                            k_rest_indent),
             "effect", k_bold, colour);
  }
  if (!finding.hint.empty()) {
    text += mark(format_wrapped(std::string(k_answer_indent) + "do: ",
                                printable(finding.hint), k_rest_indent),
                 "do", k_bold, colour);
  }
  return text;
}

/// By subject, in the order in which subjects and findings come.
std::string format_findings(const Judged& judged, Colour colour) {
  std::vector<std::string> subjects;
  for (const Diagnostic& one : judged.findings) {
    std::string subject = printable(format_place(one.place));
    if (std::ranges::find(subjects, subject) == subjects.end()) {
      subjects.push_back(std::move(subject));
    }
  }
  std::string text;
  std::set<std::string> effects;  // that have been told
  for (const std::string& subject : subjects) {
    text += fmt::format("{}{}\n", k_subject_indent, subject);
    for (const Diagnostic& one : judged.findings) {
      if (printable(format_place(one.place)) != subject) continue;
      const std::string effect = verify::effect_of(judged, one);
      const bool is_new = effects.insert(effect).second;
      text += format_finding(one, is_new ? effect : std::string(), colour);
    }
  }
  return text;
}

}  // namespace

std::string TextOutput::add(const Judged& judged) {
  const Verdict verdict = verify::verdict_of(judged);
  ++verdicts_[static_cast<std::size_t>(verdict)];
  std::string text = format_domain_line(judged, colour_, notes_);
  // Those who are well are told so on one line.
  if (verdict == Verdict::good && notes_ == Notes::counted) return text;
  return text + format_findings(judged, colour_);
}

std::string TextOutput::finish() {
  const std::size_t all =
      std::accumulate(verdicts_.begin(), verdicts_.end(), std::size_t{0});
  if (all < 2) return {};
  std::vector<std::string> parts;
  const auto add = [this, &parts](Verdict verdict, std::string_view says) {
    const std::size_t number = verdicts_[static_cast<std::size_t>(verdict)];
    if (number > 0) parts.push_back(fmt::format("{} {}", number, says));
  };
  add(Verdict::good, "good");
  add(Verdict::error, "with errors");
  add(Verdict::warning, "with warnings");
  add(Verdict::untested, "could not be tested");
  add(Verdict::absent, "without a policy");
  return fmt::format("{} domains: {}\n", all, fmt::join(parts, ", "));
}

}  // namespace mtasts::tool
