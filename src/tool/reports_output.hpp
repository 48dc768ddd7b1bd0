// SPDX-License-Identifier: MIT
// What `reports summary` prints, but for the pages. Pure.
#pragma once

#include <string>

#include "tool/reports_page.hpp"

namespace mtasts::tool {

std::string format_all_domains_text(const AllDomainsFacts& facts);
std::string format_domain_text(const DomainFacts& facts);

/// One object each, with the names of RFC 8460 for what it counts.
std::string format_all_domains_json(const AllDomainsFacts& facts);
std::string format_domain_json(const DomainFacts& facts);

/// For a text file of node_exporter.
std::string format_all_domains_metrics(const AllDomainsFacts& facts);

}  // namespace mtasts::tool
