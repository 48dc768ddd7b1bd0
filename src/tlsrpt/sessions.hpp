// SPDX-License-Identifier: MIT
// How many sessions there were, as reports count them (RFC 8460, 4.4). Pure.
#pragma once

#include <cstdint>

namespace mtasts::tlsrpt {

/// Sessions are counted where the sender applied a policy of one type: some
/// report a delivery once for each type, so that those of two never add up.
struct Sessions {
  std::uint64_t successful = 0;
  std::uint64_t failed = 0;

  std::uint64_t all() const { return successful + failed; }
  Sessions& operator+=(const Sessions& other) {
    successful += other.successful;
    failed += other.failed;
    return *this;
  }
  friend bool operator==(const Sessions&, const Sessions&) = default;
};

}  // namespace mtasts::tlsrpt
