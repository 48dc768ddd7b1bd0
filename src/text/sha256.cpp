// SPDX-License-Identifier: MIT
#include "text/sha256.hpp"

#include <fmt/format.h>
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
  std::string digits;
  for (const unsigned char octet : octets) {
    digits += fmt::format("{:02x}", octet);
  }
  return digits;
}

std::string base64(std::span<const unsigned char> octets) {
  std::string text((octets.size() + 2) / 3 * 4 + 1, '\0');  // and a NUL
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(),
                  static_cast<int>(octets.size()));
  text.pop_back();
  return text;
}

}  // namespace mtasts::text
