// SPDX-License-Identifier: MIT
// Looks at any number of domains, several at a time, and hands over what comes
// of each: the results of a run are never all in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "verify/judged.hpp"

namespace mtasts::tool {

/// In which order results are taken.
enum class Order : std::uint8_t { as_given, as_done };

struct Survey {
  std::size_t jobs = 1;  // looks at a time
  Order order = Order::as_given;
  /// Looks at a domain, and judges; from any of the threads.
  std::function<verify::Judged(const std::string& domain)> look = {};
  /// False from the moment on when it is of no use to begin another look.
  std::function<bool()> is_useful = {};
  /// Gets each result, one after the other; false ends the survey.
  std::function<bool(const verify::Judged& judged)> take = {};
};

/// How many of `domains` were looked at and taken: all of them, unless one of
/// the functions has ended it.
std::size_t run_survey(const Survey& survey,
                       const std::vector<std::string>& domains);

}  // namespace mtasts::tool
