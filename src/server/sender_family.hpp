// SPDX-License-Identifier: MIT
// Who fetches, as coarsely as it is of use: the families of senders that an
// operator waits for before an old MX goes away. Told by the User-Agent alone,
// which anyone can claim.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mtasts::server {

enum class SenderFamily : std::uint8_t {
  google,
  microsoft,
  yahoo,
  comcast,
  tlspol,
  postfix_mta_sts_resolver,
  other,
};

/// The only names that labels and tables carry.
constexpr auto k_sender_family_names = std::to_array<std::string_view>(
    {"google", "microsoft", "yahoo", "comcast", "tlspol",
     "postfix-mta-sts-resolver", "other"});
static_assert(k_sender_family_names.size() ==
              static_cast<std::size_t>(SenderFamily::other) + 1);

/// By a part of `user_agent` in any case.
SenderFamily classify_sender(std::string_view user_agent);

}  // namespace mtasts::server
