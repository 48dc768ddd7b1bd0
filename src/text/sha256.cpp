// SPDX-License-Identifier: MIT
#include "text/sha256.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace mtasts::text {

Sha256 sha256(std::string_view data) {
  Sha256 digest{};
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(),
         digest.data());
  return digest;
}

std::string hex(std::span<const unsigned char> octets) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 2);
  for (const unsigned char octet : octets) {
    text += k_digits[octet >> 4U];
    text += k_digits[octet & 0xFU];
  }
  return text;
}

std::string base64(std::span<const unsigned char> octets) {
  std::string text((octets.size() + 2) / 3 * 4 + 1, '\0');  // and a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(),
                  static_cast<int>(octets.size()));
  text.pop_back();
  return text;
}

}  // namespace mtasts::text
