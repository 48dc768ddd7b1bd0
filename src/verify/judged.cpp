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
  const bool is_known = finding.severity == Severity::error ||
                        finding.severity == Severity::warning;
  if (kind == nullptr || kind->effect.empty() || !is_known) return {};
  // What is an error in mode enforce keeps no mail back before (RFC 8461, 5).
  if (finding.severity == Severity::warning &&
      text::has(kind->severities, "testing") && judged.policy &&
      judged.policy->mode() == sts::Mode::testing) {
    return fmt::format(
        "report it and deliver all the same, in mode testing; "
        "in mode enforce: {}",
        kind->effect);
  }
  return std::string(kind->effect);
}

}  // namespace mtasts::verify
