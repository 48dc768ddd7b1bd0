// SPDX-License-Identifier: MIT
// Names that stand in documentation and sample files for those of the reader,
// as a table: what has one of them was never edited.
#pragma once

#include "dns/name.hpp"

namespace mtasts::config {

/// True for names that are set aside (RFC 2606, RFC 6761), and for those that
/// look like "fill in yours": "mail.yourdomain.com", "change-me.org",
/// "example-com.mail.protection.outlook.com".
bool is_placeholder(const dns::Name& name);

}  // namespace mtasts::config
