// SPDX-License-Identifier: MIT
// What octets go through, in both directions, whoever is at the other end.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "result.hpp"

namespace mtasts::net {

/// Not for two threads at once. Each has one deadline for all that is done
/// with it; what is not done by then fails.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Waits for octets and reads as many as are there, at most `into`. 0 is the
  /// end of what the peer has to say.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  /// Writes all of it.
  virtual Result<void> write(std::string_view octets) = 0;
};

}  // namespace mtasts::net
