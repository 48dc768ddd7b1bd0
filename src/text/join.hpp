// SPDX-License-Identifier: MIT
// Lists as text. Pure.
#pragma once

#include <string>
#include <string_view>

namespace mtasts::text {

/// What `format` makes of each of `list`, with `between` in between.
template <class List, class Format>
std::string join(const List& list, std::string_view between, Format format) {
  std::string text;
  std::string_view before;
  for (const auto& one : list) {
    text += before;
    text += format(one);
    before = between;
  }
  return text;
}

}  // namespace mtasts::text
