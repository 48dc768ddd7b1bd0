// SPDX-License-Identifier: MIT
// What the MX hosts of large mail providers are called, as a table: patterns
// that look right for a provider but match none of its hosts can be named
// then. A new provider is one more row.
#pragma once

#include <optional>
#include <string>

#include "result.hpp"
#include "sts/mx_pattern.hpp"

namespace mtasts::config {

/// Says that `mx` lies under a provider's name and matches none of its MX
/// hosts; the hint has the pattern to use. Nothing when it may match one, or
/// when nobody here knows that provider.
std::optional<Error> find_provider_slip(const sts::MxPattern& mx);

}  // namespace mtasts::config
