// SPDX-License-Identifier: MIT
// What the program's own objects hold: each `new` that is made while its part
// is on. OpenSSL has memory of its own, which is not counted.
#pragma once

#include <cstddef>

namespace mtasts::fuzz {

/// Octets that were counted and not given back yet.
std::size_t counted_octets();

/// Whether the program's part is on; false at first. What it was before.
bool count_memory(bool on);

}  // namespace mtasts::fuzz
