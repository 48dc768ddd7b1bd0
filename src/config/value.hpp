// SPDX-License-Identifier: MIT
// A TOML document as plain values with their positions. It exists so that
// only document.cpp knows the TOML library.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mtasts::config {

struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Member;
struct Value;
using Array = std::vector<Value>;
using Table = std::vector<Member>;

/// A type that no key of ours takes: a float, a time of day.
struct Other {
  std::string_view type_name;
};

struct Value {
  Position at;
  std::variant<std::string, std::int64_t, bool, Array, Table,
               std::chrono::sys_days, Other>
      data;
};

struct Member {
  std::string key;
  Position at;
  Value value;
};

}  // namespace mtasts::config
