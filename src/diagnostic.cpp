// SPDX-License-Identifier: MIT
#include "diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>

#include "result.hpp"
#include "text/json.hpp"

namespace mtasts {

std::string_view format_severity(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::untested:
      return "untested";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

std::string format_place(const Place& place) {
  if (place.line == 0) return place.file;
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

std::string format_diagnostic(const Diagnostic& diagnostic) {
  // Whoever may put a file into a folder that is included chooses its name: it
  // must not steer the terminal.
  std::string text =
      fmt::format("{}: {}: {} [{}]\n", format_severity(diagnostic.severity),
                  printable(format_place(diagnostic.place)),
                  printable(diagnostic.message), diagnostic.id);
  if (!diagnostic.hint.empty()) {
    text += fmt::format("hint: {}\n", printable(diagnostic.hint));
  }
  return text;
}

std::string format_diagnostic_json(const Diagnostic& diagnostic) {
  return fmt::format(
      R"({{"id":{},"severity":"{}","file":{},"line":{},"column":{},)"
      R"("message":{},"hint":{}}})",
      text::json_quote(diagnostic.id), format_severity(diagnostic.severity),
      text::json_quote(diagnostic.place.file), diagnostic.place.line,
      diagnostic.place.column, text::json_quote(diagnostic.message),
      text::json_quote(diagnostic.hint));
}

void sort_diagnostics(Diagnostics& diagnostics) {
  std::ranges::stable_sort(
      diagnostics, [](const Diagnostic& a, const Diagnostic& b) {
        return std::tie(a.place.file, a.place.line, a.place.column, a.id,
                        a.message) < std::tie(b.place.file, b.place.line,
                                              b.place.column, b.id, b.message);
      });
}

void append(Diagnostics& to, Diagnostics from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()),
            std::make_move_iterator(from.end()));
}

void append_bounded(Diagnostics& to, Diagnostic one) {
  if (to.size() < k_max_file_findings) {
    to.push_back(std::move(one));
    return;
  }
  if (to.size() == k_max_file_findings) {
    to.push_back(
        {one.severity, "config.more-findings", Place{one.place.file},
         fmt::format("has more findings than these {}", k_max_file_findings),
         "there may be one cause; mend the first"});
  }
  // Among those left out: the file as a whole must not pass for good.
  if (one.severity == Severity::error) to.back().severity = Severity::error;
}

bool is_full(const Diagnostics& diagnostics) {
  return diagnostics.size() > k_max_file_findings &&
         diagnostics.back().severity == Severity::error;
}

bool has_errors(std::span<const Diagnostic> diagnostics) {
  return std::ranges::find(diagnostics, Severity::error,
                           &Diagnostic::severity) != diagnostics.end();
}

}  // namespace mtasts
