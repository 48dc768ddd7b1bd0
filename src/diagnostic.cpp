// SPDX-License-Identifier: MIT
#include "diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mtasts {

std::string format_place(const Place& place) {
  if (place.line == 0) return place.file;
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

std::string format_diagnostic(const Diagnostic& diagnostic) {
  std::string text = fmt::format(
      "mta-stsd: {}: {}: {} [{}]\n",
      diagnostic.severity == Severity::error ? "error" : "warning",
      format_place(diagnostic.place), diagnostic.message, diagnostic.id);
  if (!diagnostic.hint.empty()) {
    text += fmt::format("mta-stsd: hint: {}\n", diagnostic.hint);
  }
  return text;
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& diagnostic) {
                       return diagnostic.severity == Severity::error;
                     });
}

}  // namespace mtasts
