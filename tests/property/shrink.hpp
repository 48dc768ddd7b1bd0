// SPDX-License-Identifier: MIT
// From what chance found to what a person wants to read.
#pragma once

#include <cstddef>

namespace mtasts {

/// The least of `sequence` (a string, a vector) for which `fails` is true as
/// well: parts are left out, large ones first, for as long as it stays so.
template <class Sequence, class Fails>
Sequence shrink(Sequence sequence, Fails fails) {
  for (std::size_t size = sequence.size(); size > 0; size /= 2) {
    for (std::size_t at = 0; at + size <= sequence.size();) {
      Sequence less = sequence;
      const auto from = less.begin() + static_cast<std::ptrdiff_t>(at);
      less.erase(from, from + static_cast<std::ptrdiff_t>(size));
      if (fails(less)) {
        sequence = less;
      } else {
        ++at;
      }
    }
  }
  return sequence;
}

}  // namespace mtasts
