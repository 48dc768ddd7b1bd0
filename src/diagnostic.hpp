// SPDX-License-Identifier: MIT
// A finding about the operator's files: where, what, and what to do. Loading
// does not stop at the first one, so they come in lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mtasts {

/// A note is for those who plan, and asks for nothing to be done now: not even
/// check --strict fails for it. What could not be tested is neither good nor
/// bad.
enum class Severity { note, untested, warning, error };

/// "error", as in all forms of output.
std::string_view format_severity(Severity severity);

/// A place in a file. Line and column count from 1; 0 means the whole file.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Diagnostic {
  Severity severity;
  std::string id;  // stable: "policy.max-age-short"
  Place place;
  std::string message;
  std::string hint;  // may be empty
};

using Diagnostics = std::vector<Diagnostic>;

/// "file:line:column", as far as it is known.
std::string format_place(const Place& place);

/// The finding as people read it, one or two lines, each with its newline:
///   error: FILE:LINE:COLUMN: MESSAGE [ID]
///   hint: HINT
std::string format_diagnostic(const Diagnostic& diagnostic);

/// The finding as a JSON object (RFC 8259) without line break:
///   {"id":..,"severity":..,"file":..,"line":..,"column":..,"message":..,
///    "hint":..}
std::string format_diagnostic_json(const Diagnostic& diagnostic);

/// By file, line, column, and then by id: the same whatever was read first.
void sort_diagnostics(Diagnostics& diagnostics);

void append(Diagnostics& to, Diagnostics from);

/// What is said of one file at most: a file that is wrong in each of its
/// octets must not fill memory and log.
constexpr std::size_t k_max_file_findings = 1000;

/// Appends, or says at the end of a full list that there is more; an error
/// there if any that was left out is one.
void append_bounded(Diagnostics& to, Diagnostic one);
/// True when it would make no difference to append_bounded() any more.
bool is_full(const Diagnostics& diagnostics);

bool has_errors(std::span<const Diagnostic> diagnostics);

}  // namespace mtasts
