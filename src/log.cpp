// SPDX-License-Identifier: MIT
#include "log.hpp"

#include <fmt/chrono.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "json.hpp"

namespace mtasts::log {
namespace {

Format g_format = Format::text;
Level g_least = Level::info;

constexpr std::array<std::string_view, 4> k_level_names = {"debug", "info",
                                                           "warning", "error"};

bool needs_quotes(std::string_view text) {
  return text.empty() || std::any_of(text.begin(), text.end(), [](char c) {
           const auto octet = static_cast<unsigned char>(c);
           return octet <= 0x20 || octet >= 0x7F || c == '"' || c == '=' ||
                  c == '\\';
         });
}

void append(std::string& line, const Field& field) {
  if (g_format == Format::json) {
    line += fmt::format(",{}:{}", json_quote(field.key),
                        field.bare ? field.value : json_quote(field.value));
  } else {
    line += fmt::format(
        " {}={}", field.key,
        needs_quotes(field.value) ? json_quote(field.value) : field.value);
  }
}

}  // namespace

void set_format(Format format) { g_format = format; }
void set_level(Level least) { g_least = least; }

bool is_on(Level level) { return level >= g_least; }

void write(Level level, std::string_view event,
           std::initializer_list<Field> fields) {
  if (level < g_least) return;
  const std::string time = fmt::format(
      "{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(
                                   std::chrono::system_clock::now())));
  std::string line;
  if (g_format == Format::json) {
    line = fmt::format("{{\"time\":{}", json_quote(time));
  } else {
    line = fmt::format("time={}", time);
  }
  append(line, {"level", k_level_names[static_cast<std::size_t>(level)]});
  append(line, {"event", event});
  for (const Field& field : fields) append(line, field);
  line += g_format == Format::json ? "}\n" : "\n";
  // One write for one line: lines of several threads do not mix.
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

}  // namespace mtasts::log
