// SPDX-License-Identifier: MIT
// The id of a policy: the first 32 hex digits of SHA-256 of the served body.
// RFC 8461, 3.1 asks for 1 to 32 letters and digits that "uniquely identify a
// given instance of a policy"; a hash can't be forgotten, every replica finds
// the same one, and going back to an old policy rightly gives the old id.
#pragma once

#include <string>
#include <string_view>

namespace mtasts::sts {

/// `body` is the exact octets that are served, never the configuration.
std::string policy_id(std::string_view body);

}  // namespace mtasts::sts
