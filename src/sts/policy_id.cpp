// SPDX-License-Identifier: MIT
#include "sts/policy_id.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

namespace mtasts::sts {

std::string policy_id(std::string_view body) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(),
         digest.data());
  constexpr std::size_t k_id_octets = 16;  // two digits each: 32 characters
  std::string id;
  for (std::size_t i = 0; i < k_id_octets; ++i) {
    id += fmt::format("{:02x}", digest[i]);
  }
  return id;
}

}  // namespace mtasts::sts
