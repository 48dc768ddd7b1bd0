// SPDX-License-Identifier: MIT
// Octets of a private key, which are wiped with their last owner: what was
// freed may lie in memory for as long as the program runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared.hpp"

namespace mtasts::tls {

class Secret;
/// A private key as DER.
using KeyDer = Shared<const Secret>;

class Secret : public Counted {
 public:
  /// Takes the octets over, and wipes what it was given: move it in, or the
  /// copy that is left is not ours.
  static KeyDer take(std::string octets);
  /// Copies them behind itself, where there is room for them: `behind`.
  Secret(std::string_view octets, Behind behind);
  ~Secret();
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::string_view octets() const {
    return {reinterpret_cast<const char*>(this + 1), size_};
  }

 private:
  std::uint32_t size_;  // of what is behind it
};

}  // namespace mtasts::tls
