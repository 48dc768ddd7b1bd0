// SPDX-License-Identifier: MIT
// The text of a policy as it is served (RFC 8461, 3.2). Writing is canonical:
// equal policies give equal octets.
#pragma once

#include <cstddef>
#include <string>

#include "sts/policy.hpp"

namespace mtasts::sts {

/// version, mode, mx in order, max_age; CRLF behind every line, the last too.
std::string format_policy(const Policy& policy);

}  // namespace mtasts::sts
