// SPDX-License-Identifier: MIT
#include "config/document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "config/syntax_slip.hpp"
#include "text/utf8.hpp"

namespace mtasts::config {
namespace {

// toml++ and we recurse once for each part of a dotted key; a file of many
// thousand dots ends in a full stack. No key of ours needs a single one.
constexpr std::size_t k_max_bare_dots = 1000;
// A value takes 150 octets of memory or more, and two of the file. Policies
// have some ten octets for each; a small file may have what it likes.
constexpr std::size_t k_octets_per_value = 6;
constexpr std::size_t k_free_values = 1000;

/// Outside of strings and comments.
struct Marks {
  std::size_t dots = 0;
  std::size_t values = 0;  // what can begin one: commas, brackets, "="
};

/// Less than a parser, on purpose: it has to be done before the library gets
/// the text, and needs no memory.
Marks count_marks(std::string_view toml) {
  Marks marks;
  while (!toml.empty()) {
    const char c = toml.front();
    std::size_t skip = 1;
    if (c == '#') {
      skip = toml.find('\n');
    } else if (c == '"' || c == '\'') {
      const std::string_view three = c == '"' ? "\"\"\"" : "\'\'\'";
      const std::string_view end =
          toml.starts_with(three) ? three : three.substr(0, 1);
      skip = end.size();
      while (skip < toml.size() && !toml.substr(skip).starts_with(end)) {
        skip += c == '"' && toml[skip] == '\\' ? 2 : 1;
      }
      skip += end.size();
    } else if (c == '.') {
      ++marks.dots;
    } else if (c == ',' || c == '=' || c == '[' || c == '{') {
      ++marks.values;
    }
    toml.remove_prefix(std::min(skip, toml.size()));
  }
  return marks;
}

// --- From the library's tree to ours ---

Position position_of(const toml::source_region& region) {
  return {static_cast<std::uint32_t>(region.begin.line),
          static_cast<std::uint32_t>(region.begin.column)};
}

Table convert(const toml::table& table);

Value convert(const toml::node& node) {
  Value value{position_of(node.source()), Other{"a value"}};
  if (const auto* text = node.as_string()) {
    value.data = text->get();
  } else if (const auto* number = node.as_integer()) {
    value.data = number->get();
  } else if (const auto* truth = node.as_boolean()) {
    value.data = truth->get();
  } else if (const auto* list = node.as_array()) {
    Array array;
    array.reserve(list->size());
    for (const toml::node& element : *list) array.push_back(convert(element));
    value.data = std::move(array);
  } else if (const auto* table = node.as_table()) {
    value.data = convert(*table);
  } else if (const auto* date = node.as_date()) {
    // The library has seen to it that there is such a day.
    value.data = std::chrono::sys_days{std::chrono::year(date->get().year) /
                                       std::chrono::month(date->get().month) /
                                       std::chrono::day(date->get().day)};
  } else {
    value.data = Other{node.is_floating_point() ? "a floating-point number"
                       : node.is_time()         ? "a time of day"
                                                : "a date with a time"};
  }
  return value;
}

Table convert(const toml::table& table) {
  Table members;
  members.reserve(table.size());
  for (const auto& [key, node] : table) {
    members.push_back(
        {std::string(key.str()), position_of(key.source()), convert(node)});
  }
  return members;
}

/// toml++ starts with "Error while "; the rest is the sentence.
std::string describe(const toml::parse_error& error) {
  std::string_view text = error.description();
  constexpr std::string_view k_start = "Error while ";
  if (text.starts_with(k_start)) text.remove_prefix(k_start.size());
  std::string shown = "is no valid TOML: ";
  for (const char c : text) {
    shown += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  return shown;
}

// --- Hints on what the library refuses ---

/// Whether `toml` gets further with line `number` replaced by `line`.
bool is_better(std::string_view toml, std::size_t start, std::size_t length,
               std::uint32_t number, std::string_view line) {
  std::string tried(toml.substr(0, start));
  tried += line;
  tried += toml.substr(start + length);
  try {
    return toml::parse(tried).is_table();
  } catch (const toml::parse_error& error) {
    return position_of(error.source()).line > number;
  }
}

/// The line at fault as it is probably meant, which has been tried; else what
/// is true of every line.
std::string propose_line(std::string_view toml, std::uint32_t number) {
  std::size_t start = 0;
  for (std::uint32_t i = 1; i < number; ++i) {
    const std::size_t end = toml.find('\n', start);
    if (end == std::string_view::npos) break;
    start = end + 1;
  }
  const std::string_view line =
      toml.substr(start, toml.substr(start).find_first_of("\r\n"));
  const std::optional<std::string> meant = find_meant_line(line);
  const std::optional<Error> disguise = text::find_disguise(line);
  if (meant && is_better(toml, start, line.size(), number, *meant)) {
    const auto count_quotes = [](std::string_view text) {
      return std::count(text.begin(), text.end(), '"');
    };
    if (disguise && count_quotes(*meant) > count_quotes(line)) {
      return fmt::format("strings need straight quotes: write {}", *meant);
    }
    return fmt::format("{}write {}",
                       disguise ? disguise->message + "; " : std::string{},
                       *meant);
  }
  if (disguise) {
    return fmt::format("line {} {}; {}", number, disguise->message,
                       disguise->hint);
  }
  return "key = \"value\" or key = [\"value\", \"value\"], with straight "
         "quotes; each key once, and each policy under a [[policy]] of its own";
}

}  // namespace

std::optional<Table> parse_document(std::string_view toml,
                                    const std::string& file, Diagnostics& out) {
  const auto refuse = [&](std::string id, Error fault,
                          Position at = {}) -> std::optional<Table> {
    out.push_back({Severity::error, std::move(id),
                   Place{file, at.line, at.column}, std::move(fault.message),
                   std::move(fault.hint)});
    return {};
  };
  if (std::optional<Error> foreign = find_foreign_document(toml)) {
    return refuse("config.syntax", *std::move(foreign));
  }
  const Marks marks = count_marks(toml);
  if (marks.dots > k_max_bare_dots) {
    return refuse("config.too-deep",
                  {fmt::format("has more than {} dots outside of strings",
                               k_max_bare_dots),
                   "no key needs a dot; is a quotation mark missing?"});
  }
  const std::size_t most = k_free_values + toml.size() / k_octets_per_value;
  if (marks.values > most) {
    return refuse(
        "config.too-dense",
        {fmt::format("has more than {} values in {} octets", most, toml.size()),
         "no policy looks like that; what has been written there?"});
  }
  try {
    return convert(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    const Position at = position_of(error.source());
    return refuse("config.syntax",
                  {describe(error), propose_line(toml, at.line)}, at);
  }
}

}  // namespace mtasts::config
