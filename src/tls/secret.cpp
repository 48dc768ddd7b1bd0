// SPDX-License-Identifier: MIT
#include "tls/secret.hpp"

#include <openssl/crypto.h>

namespace mtasts::tls {

Secret::Secret(std::string_view octets, Behind behind)
    : size_(static_cast<std::uint32_t>(behind.octets)) {
  octets.copy(reinterpret_cast<char*>(this + 1), size_);
}

Secret::~Secret() { OPENSSL_cleanse(this + 1, size_); }

KeyDer Secret::take(std::string octets) {
  const Behind behind{octets.size()};
  const KeyDer taken(new (behind) Secret(octets, behind));
  OPENSSL_cleanse(octets.data(), octets.size());
  return taken;
}

}  // namespace mtasts::tls
