// SPDX-License-Identifier: MIT
// What is looked for in a zone: the records of MTA-STS and of TLS-RPT.
#pragma once

#include <string_view>

#include "dns/sought.hpp"

namespace mtasts::publish {

inline constexpr std::string_view k_sought_texts[] = {"v=sts", "v=tlsrpt"};
inline constexpr std::string_view k_sought_owners[] = {"_mta-sts",
                                                       "_smtp._tls"};

/// For dns::read_zone().
inline constexpr dns::Sought k_sought = {
    k_sought_texts, k_sought_owners,
    "give a zone file, or what dig TXT _mta-sts.DOMAIN _smtp._tls.DOMAIN "
    "prints"};

}  // namespace mtasts::publish
