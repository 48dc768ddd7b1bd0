// SPDX-License-Identifier: MIT
// Names under which registries give names to anybody. Pure.
#pragma once

#include "dns/name.hpp"

namespace mtasts::dns {

/// Under these anyone can have a name: "com", "co.uk". Not all of them: a list
/// that is complete would be a library, for a few warnings.
bool is_registry_suffix(const Name& name);

}  // namespace mtasts::dns
