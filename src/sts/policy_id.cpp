// SPDX-License-Identifier: MIT
#include "sts/policy_id.hpp"

#include <span>

#include "text/sha256.hpp"

namespace mtasts::sts {

std::string policy_id(std::string_view body) {
  constexpr std::size_t k_id_octets = 16;  // two digits each: 32 characters
  const text::Sha256 digest = text::sha256(body);
  return text::hex(std::span(digest).first<k_id_octets>());
}

}  // namespace mtasts::sts
