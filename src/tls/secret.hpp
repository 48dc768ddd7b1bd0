// SPDX-License-Identifier: MIT
// Octets of a private key, which are wiped with their last owner: what was
// freed may lie in memory for as long as the program runs.
#pragma once

#include <openssl/crypto.h>

#include <memory>
#include <string>
#include <utility>

namespace mtasts::tls {

class Secret {
 public:
  /// Takes the octets over: move them in, or the copy that is left is not ours.
  explicit Secret(std::string octets) : octets_(std::move(octets)) {}
  ~Secret() { OPENSSL_cleanse(octets_.data(), octets_.size()); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  const std::string& octets() const { return octets_; }

 private:
  std::string octets_;
};

/// A private key as DER.
using KeyDer = std::shared_ptr<const Secret>;

}  // namespace mtasts::tls
