// SPDX-License-Identifier: MIT
#include "server/sender_family.hpp"

#include <string>

#include "text/ascii.hpp"

namespace mtasts::server {
namespace {

// A longer field is no honest one; its end is not looked at.
constexpr std::size_t k_max_octets = 256;

}  // namespace

SenderFamily classify_sender(std::string_view user_agent) {
  const std::string text = text::to_lower(user_agent.substr(0, k_max_octets));
  for (std::size_t i = 0; i + 1 < k_sender_family_names.size(); ++i) {
    if (text::has(text, k_sender_family_names[i])) {
      return static_cast<SenderFamily>(i);
    }
  }
  return SenderFamily::other;
}

}  // namespace mtasts::server
