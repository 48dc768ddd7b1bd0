// SPDX-License-Identifier: MIT
// Takes the keys of one table, one by one, with their types. Whatever was not
// taken in the end is an unknown key. Every fault becomes a diagnostic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

template <class T>
struct Located {
  T value;
  Position at;
};

class TableReader {
 public:
  /// `name` is the table as people write it, "server", or empty for the top
  /// level. All arguments have to
  /// outlive the reader.
  TableReader(const Table& table, std::string_view name, std::string_view file,
              Diagnostics& out)
      : table_(table), name_(name), file_(file), out_(out) {}

  /// The value of `key`, of any type; nothing when the key is not there.
  const Value* find(std::string_view key);

  std::optional<Located<std::string>> find_string(std::string_view key);
  std::optional<Located<std::int64_t>> find_integer(std::string_view key,
                                                    std::int64_t least,
                                                    std::int64_t most);
  std::optional<Located<bool>> find_boolean(std::string_view key);
  /// An array of at most `most` strings; nothing when it is not there or not
  /// one.
  std::optional<std::vector<Located<std::string>>> find_strings(
      std::string_view key, std::size_t most = k_max_octets);

  void error(std::string id, Position at, std::string message,
             std::string hint = {});
  void warning(std::string id, Position at, std::string message,
               std::string hint = {});
  void wrong_type(std::string_view key, const Value& value,
                  std::string_view wanted, std::string hint = {});

  /// Reports the keys that nobody asked for, with the nearest known one.
  void finish();

 private:
  // More elements than any file has octets.
  static constexpr std::size_t k_max_octets = std::size_t{1} << 32;

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
