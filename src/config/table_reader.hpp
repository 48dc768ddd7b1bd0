// SPDX-License-Identifier: MIT
// Takes the keys of one table, one by one, with their types. Whatever was not
// taken in the end is an unknown key. Every fault becomes a diagnostic.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/value.hpp"
#include "diagnostic.hpp"
#include "result.hpp"

namespace mtasts::config {

template <class T>
struct Located {
  T value;
  Position at;
};

/// The values alone.
template <class T>
std::vector<T> take_values(std::vector<Located<T>> located) {
  std::vector<T> values;
  values.reserve(located.size());
  for (Located<T>& one : located) values.push_back(std::move(one.value));
  return values;
}

class TableReader {
 public:
  /// `name` is the table as people write it, "server", or empty for the top
  /// level. All arguments have to outlive the reader.
  TableReader(const Table& table, std::string_view name, std::string_view file,
              Diagnostics& out)
      : table_(table), name_(name), file_(file), out_(out) {}

  /// The value of `key`, of any type; nothing when the key is not there.
  const Value* find(std::string_view key);
  /// The same, as a T; nothing when it is of another type, too.
  template <class T>
  const T* find_as(std::string_view key) {
    const Value* value = find(key);
    return value == nullptr ? nullptr : std::get_if<T>(&value->data);
  }

  /// The same, and it is a fault when it is of another type.
  const Table* find_table(std::string_view key);
  std::optional<Located<std::string>> find_string(std::string_view key);
  std::optional<std::int64_t> find_integer(std::string_view key,
                                           std::int64_t least,
                                           std::int64_t most);
  std::optional<bool> find_boolean(std::string_view key);
  /// A date as TOML has it, without quotes: 2027-01-31.
  std::optional<std::chrono::sys_days> find_date(std::string_view key);
  /// An array of at most `most` strings; nothing when it is not there or not
  /// one.
  std::optional<std::vector<Located<std::string>>> find_strings(
      std::string_view key, std::size_t most = SIZE_MAX);

  /// What `parse` makes of a string. Nothing when it is not there, or when it
  /// is bad: then its fault is reported as `id`, behind `what` and the string.
  template <class T>
  std::optional<T> find_parsed(std::string_view key, std::string_view what,
                               std::string id,
                               Result<T> (*parse)(std::string_view)) {
    const auto text = find_string(key);
    if (!text) return {};
    Result<T> value = parse(text->value);
    if (value) return *std::move(value);
    refuse(std::move(id), what, *text, std::move(value.error()));
    return {};
  }

  /// The same for each string of an array; without those that are bad.
  template <class T>
  std::vector<Located<T>> find_each(std::string_view key, std::string_view what,
                                    const std::string& id,
                                    Result<T> (*parse)(std::string_view),
                                    std::size_t most = SIZE_MAX) {
    std::vector<Located<T>> values;
    const auto texts = find_strings(key, most);
    if (!texts) return values;
    for (const Located<std::string>& text : *texts) {
      Result<T> value = parse(text.value);
      if (value) {
        values.push_back({*std::move(value), text.at});
      } else {
        refuse(id, what, text, std::move(value.error()));
      }
    }
    return values;
  }

  void error(std::string id, Position at, std::string message,
             std::string hint = {});
  void warning(std::string id, Position at, std::string message,
               std::string hint = {});
  /// The fault of one value: listen "::1" has no port.
  void refuse(std::string id, std::string_view what,
              const Located<std::string>& value, Error fault);
  void wrong_type(std::string_view key, const Value& value,
                  std::string_view wanted, std::string hint = {});

  /// Reports the keys that nobody asked for, with the nearest known one.
  void finish();

 private:
  std::string full_name(std::string_view key) const;
  bool is_clean(std::string_view key, const std::string& text, Position at);

  const Table& table_;
  std::string_view name_;
  std::string_view file_;
  Diagnostics& out_;
  std::vector<std::string_view> known_;
};

/// "a string", "an array", ... for messages.
std::string_view describe_type(const Value& value);

}  // namespace mtasts::config
