// SPDX-License-Identifier: MIT
// One line for each event, to standard error: key=value pairs, or JSON. No
// syslog, no files, no rotation: that is the supervisor's work. The sink is
// the one global of the program.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace mtasts::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

/// A key and its value. Numbers and truth values stay bare in JSON.
struct Field {
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  template <std::integral T>
  Field(std::string_view k, T v)
      : key(k), value(fmt::format("{}", v)), bare(true) {}

  std::string_view key;
  std::string value;
  bool bare = false;
};

/// Set both before any thread starts.
void set_format(Format format);
void set_level(Level least);

/// Whether write() would write a line of that level. To be asked before making
/// the fields of a line takes time, as for one that each request makes.
bool is_on(Level level);

/// Writes to `fd` what can be written without waiting; false if that is not
/// all. A full disk, or a reader that is gone or asleep, never stops the
/// server.
bool write_at_once(int fd, std::string_view text);

/// Writes one line so. The next one tells how many were lost before it.
void write(Level level, std::string_view event,
           std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> fields) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event,
                    std::initializer_list<Field> fields) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields) {
  write(Level::error, event, fields);
}

}  // namespace mtasts::log
