// SPDX-License-Identifier: MIT
// Reads a text that senders refuse as the policy that its writer meant, as far
// as there is no doubt about it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sts/policy_reading.hpp"

namespace mtasts::sts {

struct Mending {
  std::size_t line;  // from 1; 0: the text as a whole
  std::string done;  // what was made of it
};

struct MendedPolicy {
  std::vector<Mending> mendings;  // by line
  // Of the mended text, with the lines of the original: nothing where a
  // meaning is not plain, and the deviations say where.
  PolicyReading reading;
};

/// Mends line ends and empty lines, marks of encodings, comments, the case and
/// spelling of names, what stands around values, lists of hosts, preferences,
/// and units of max_age. A missing version is added; nothing else is made up.
MendedPolicy mend_policy(std::string_view text);

}  // namespace mtasts::sts
