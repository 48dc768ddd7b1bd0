// SPDX-License-Identifier: MIT
// What somebody looks for in a text that may be a zone. A line that could be
// it is never passed over, whatever else is wrong with it.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "text/ascii.hpp"

namespace mtasts::dns {

struct Sought {
  // Both in lower case.
  std::span<const std::string_view> texts;   // starts of TXT data: "v=spf1"
  std::span<const std::string_view> owners;  // first labels: "_dmarc"
  // What to give instead of something that is no zone.
  std::string_view hint;
};

/// True if `lower` could be, or hold, one of the texts.
inline bool has_sought_text(std::string_view lower, const Sought& sought) {
  return std::ranges::any_of(sought.texts, [lower](std::string_view one) {
    return text::has(lower, one);
  });
}

}  // namespace mtasts::dns
