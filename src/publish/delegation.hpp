// SPDX-License-Identifier: MIT
// Policy delegation (RFC 8461, 8.2): customers point to the records of their
// provider, who alone has to change them from then on.
#pragma once

#include <vector>

#include "publish/record_set.hpp"

namespace mtasts::publish {

/// Puts the provider's own records in front and turns those of the other
/// domains into CNAMEs to them. Where `provider` is none of the domains, its
/// records say what those of the first one said. A TLS-RPT record that differs
/// from the provider's stays as it is. Fails when a domain has another policy:
/// the one record at _mta-sts.<provider> has the id of one policy.
Result<std::vector<DomainRecords>> delegate(std::vector<DomainRecords> domains,
                                            const dns::Name& provider);

}  // namespace mtasts::publish
