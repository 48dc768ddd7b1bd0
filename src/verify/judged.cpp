// SPDX-License-Identifier: MIT
#include "verify/judged.hpp"

#include <algorithm>

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

}  // namespace mtasts::verify
