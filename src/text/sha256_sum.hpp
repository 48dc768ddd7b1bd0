// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4) of what comes in pieces.
#pragma once

#include <memory>
#include <string_view>

#include "text/sha256.hpp"

namespace mtasts::text {

class Sha256Sum {
 public:
  Sha256Sum();
  ~Sha256Sum();
  Sha256Sum(const Sha256Sum&) = delete;
  Sha256Sum& operator=(const Sha256Sum&) = delete;

  void add(std::string_view piece);
  /// Once, at the end.
  Sha256 finish();

 private:
  struct Context;  // OpenSSL's
  std::unique_ptr<Context> context_;
};

}  // namespace mtasts::text
