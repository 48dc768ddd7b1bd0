// SPDX-License-Identifier: MIT
#include "verify/judged.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/ascii.hpp"
#include "verify/findings.hpp"

namespace mtasts::verify {

Verdict verdict_of(const Judged& judged) {
  Severity worst = Severity::note;
  for (const Diagnostic& one : judged.findings) {
    worst = std::max(worst, one.severity);
  }
  switch (worst) {
    case Severity::error:
      return Verdict::error;
    case Severity::warning:
      return Verdict::warning;
    case Severity::untested:
      return Verdict::untested;
    case Severity::note:
      break;
  }
  return judged.policy ? Verdict::good : Verdict::absent;
}

std::size_t count(const Diagnostics& findings, Severity severity) {
  return static_cast<std::size_t>(
      std::ranges::count(findings, severity, &Diagnostic::severity));
}

std::string effect_of(const Judged& judged, const Diagnostic& finding) {
  const FindingKind* kind = find_kind(finding.id);
  if (kind == nullptr || finding.severity == Severity::untested) return {};
  // A note that would be more elsewhere has no such effect here.
  if (finding.severity == Severity::note && kind->severities != "note") {
    return {};
  }
  // What is an error in mode enforce keeps no mail back before (RFC 8461, 5).
  const bool is_softened = finding.severity == Severity::warning &&
                           text::has(kind->severities, "warning in testing") &&
                           judged.policy &&
                           judged.policy->mode() == sts::Mode::testing;
  if (is_softened && !kind->effect.empty()) {
    return fmt::format("In mode testing mail comes all the same. {}",
                       kind->effect);
  }
  return std::string(kind->effect);
}

}  // namespace mtasts::verify
