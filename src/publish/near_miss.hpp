// SPDX-License-Identifier: MIT
// Texts for senders that stand where none of them looks.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "publish/diff.hpp"

namespace mtasts::publish {

/// A note for each text of MTA-STS or TLS-RPT in `found` that no sender finds:
/// at "_mta-sts.example.com.example.com", where a dot was forgotten, or at
/// "mta-sts.example.com". One at "_mta-sts.other.example" is none, it may be
/// that of another domain. `missing` has the owners that should have a text and
/// have none.
std::vector<DiffNote> find_near_misses(const std::vector<DomainRecords>& wanted,
                                       const dns::Zone& found,
                                       const std::set<std::string>& missing);

}  // namespace mtasts::publish
