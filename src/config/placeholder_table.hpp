// SPDX-License-Identifier: MIT
// Names that stand in documentation and sample files for those of the reader,
// as a table: what has one of them was never edited.
#pragma once

#include "dns/name.hpp"

namespace mtasts::config {

/// True for names that nobody can own (RFC 2606, RFC 6761).
bool is_set_aside(const dns::Name& name);

/// True for others that look like "fill in yours": "mail.yourdomain.com",
/// "change-me.org", "example-com.mail.protection.outlook.com". Somebody may
/// own them, but nobody who means them.
bool asks_to_be_filled_in(const dns::Name& name);

}  // namespace mtasts::config
