// SPDX-License-Identifier: MIT
// Paths that are kept for long, and are very many: each folder once, and the
// names of what lies in it beside it.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "shared.hpp"

namespace mtasts::text {

/// Takes eight octets, and one block of memory for its last part, however many
/// hold it. Of any number of threads, as a shared pointer is.
class Path {
 public:
  /// The path of nothing, and that of the current folder.
  Path() = default;
  template <std::convertible_to<std::string_view> Text>
  Path(const Text& whole) {  // NOLINT: what is written as text is meant so
    append(whole);
  }

  /// As it was given.
  std::string text() const;
  /// The last part; of a folder, with its slash. Lives as long as the path.
  std::string_view name() const {
    return last_ ? last_->name() : std::string_view();
  }
  /// What the last part lies in: with its slash at the end, or empty.
  Path folder() const;
  /// True if both were made from one folder by operator/.
  bool is_beside(const Path& other) const {
    return last_ && other.last_ && last_->above == other.last_->above;
  }
  /// What follows this folder. The two share it.
  Path operator/(std::string_view rest) const {
    Path path = *this;
    path.append(rest);
    return path;
  }

  /// In the order of the texts.
  friend std::strong_ordering operator<=>(const Path& a, const Path& b);
  friend bool operator==(const Path& a, const Path& b) {
    return a <=> b == std::strong_ordering::equal;
  }

 private:
  /// Its name is behind it; that of a folder ends with the slash.
  struct Part : Counted {
    Part(Shared<const Part> folder, std::string_view name);
    ~Part();

    std::size_t begin() const { return above ? above->end : 0; }
    std::string_view name() const {
      return {reinterpret_cast<const char*>(this + 1), end - begin()};
    }

    std::uint32_t end;                 // of the name, in the whole
    mutable Shared<const Part> above;  // null: nothing is
  };
  explicit Path(Shared<const Part> last) : last_(std::move(last)) {}
  void append(std::string_view rest);

  Shared<const Part> last_;
};

}  // namespace mtasts::text
