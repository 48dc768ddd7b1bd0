// SPDX-License-Identifier: MIT
#include "diff.hpp"

#include <algorithm>
#include <cstddef>

namespace mtasts::scenario {

std::string unified_diff(const std::vector<std::string>& wanted,
                         const std::vector<std::string>& got) {
  if (wanted == got) return {};
  // common[i][j]: how many lines wanted[i..] and got[j..] have in common.
  std::vector<std::vector<std::size_t>> common(
      wanted.size() + 1, std::vector<std::size_t>(got.size() + 1));
  for (std::size_t i = wanted.size(); i-- > 0;) {
    for (std::size_t j = got.size(); j-- > 0;) {
      common[i][j] = wanted[i] == got[j]
                         ? common[i + 1][j + 1] + 1
                         : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string text;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < wanted.size() || j < got.size()) {
    if (i < wanted.size() && j < got.size() && wanted[i] == got[j]) {
      text += "  " + wanted[i++] + '\n';
      ++j;
    } else if (j == got.size() ||
               (i < wanted.size() && common[i + 1][j] >= common[i][j + 1])) {
      text += "- " + wanted[i++] + '\n';
    } else {
      text += "+ " + got[j++] + '\n';
    }
  }
  return text;
}

}  // namespace mtasts::scenario
