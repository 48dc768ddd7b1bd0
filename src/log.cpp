// SPDX-License-Identifier: MIT
#include "log.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <cstddef>
#include <mutex>

#include "text/json.hpp"
#include "text/time.hpp"

namespace mtasts::log {
namespace {

Format g_format = Format::text;
Level g_least = Level::info;

constexpr auto k_level_names =
    std::to_array<std::string_view>({"debug", "info", "warning", "error"});
static_assert(k_level_names.size() ==
              static_cast<std::size_t>(Level::error) + 1);

bool needs_quotes(std::string_view text) {
  return text.empty() || std::any_of(text.begin(), text.end(), [](char c) {
           const auto octet = static_cast<unsigned char>(c);
           return octet <= 0x20 || octet >= 0x7F || c == '"' || c == '=' ||
                  c == '\\';
         });
}

void append(std::string& line, const Field& field) {
  if (g_format == Format::json) {
    line +=
        fmt::format(",{}:{}", text::json_quote(field.key),
                    field.bare ? field.value : text::json_quote(field.value));
  } else {
    line +=
        fmt::format(" {}={}", field.key,
                    needs_quotes(field.value) ? text::json_quote(field.value)
                                              : field.value);
  }
}

}  // namespace

void set_format(Format format) { g_format = format; }
void set_level(Level least) { g_least = least; }

bool is_on(Level level) { return level >= g_least; }

bool write_at_once(int fd, std::string_view text) {
  while (!text.empty()) {
    // A pipe that is ready takes so much without waiting (pipe(7)).
    const std::string_view piece = text.substr(0, PIPE_BUF);
    pollfd ready{.fd = fd, .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, 0) <= 0) return false;
    const ssize_t written = ::write(fd, piece.data(), piece.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void write(Level level, std::string_view event,
           std::initializer_list<Field> fields) {
  if (level < g_least) return;
  const std::string time =
      text::format_time(std::chrono::floor<std::chrono::seconds>(
          std::chrono::system_clock::now()));
  std::string line;
  if (g_format == Format::json) {
    line = fmt::format("{{\"time\":{}", text::json_quote(time));
  } else {
    line = fmt::format("time={}", time);
  }
  append(line, {"level", k_level_names[static_cast<std::size_t>(level)]});
  append(line, {"event", event});
  for (const Field& field : fields) append(line, field);
  // Lines of several threads do not mix.
  static std::mutex mutex;
  static std::size_t lost = 0;
  const std::lock_guard lock(mutex);
  if (lost > 0) append(line, {"lost", lost});
  line += g_format == Format::json ? "}\n" : "\n";
  lost = write_at_once(STDERR_FILENO, line) ? 0 : lost + 1;
}

}  // namespace mtasts::log
