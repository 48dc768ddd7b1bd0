// SPDX-License-Identifier: MIT
// Paths that are kept for long, and are very many: each folder once, and the
// names of what lies in it beside it.
#pragma once

#include <compare>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace mtasts::files {

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
  Path(const Path& other) noexcept : Path(other.last_) {}
  Path(Path&& other) noexcept : last_(std::exchange(other.last_, nullptr)) {}
  Path& operator=(Path other) noexcept {
    std::swap(last_, other.last_);
    return *this;
  }
  ~Path();

  /// As it was given.
  std::string text() const;
  /// What the last part lies in: with its slash at the end, or empty.
  Path folder() const;
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
  struct Part;
  explicit Path(Part* last) noexcept;
  void append(std::string_view rest);

  Part* last_ = nullptr;
};

}  // namespace mtasts::files
