// SPDX-License-Identifier: MIT
// What the kernel says of this process.
#pragma once

#include <cstdint>

namespace mtasts::process {

struct ProcessFacts {
  double cpu_seconds = 0;
  std::uint64_t resident_octets = 0;
  std::uint64_t virtual_octets = 0;
  std::uint64_t descriptors = 0;
  std::uint64_t max_descriptors = 0;
};

/// Zero for what /proc does not tell.
ProcessFacts read_process_facts();

}  // namespace mtasts::process
