// SPDX-License-Identifier: MIT
// A text as the range of its lines. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <string_view>

namespace mtasts::text {

/// A view of `text`, of which each line ends in "\n"; without those.
class Lines : public std::ranges::view_interface<Lines> {
 public:
  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(std::string_view rest) : rest_(rest) {}

    std::string_view operator*() const {
      return rest_.substr(0, rest_.find('\n'));
    }
    Iterator& operator++() {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.rest_.size() == b.rest_.size();
    }

   private:
    std::string_view rest_;
  };

  Lines() = default;
  explicit Lines(std::string_view text) : text_(text) {}

  Iterator begin() const { return Iterator(text_); }
  Iterator end() const { return Iterator(text_.substr(text_.size())); }

 private:
  std::string_view text_;
};

}  // namespace mtasts::text
