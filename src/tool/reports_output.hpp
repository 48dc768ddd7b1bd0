// SPDX-License-Identifier: MIT
// What the commands of "mta-sts reports" print, but for the pages. Pure.
#pragma once

#include <string>
#include <string_view>

#include "reports/received_report.hpp"
#include "tool/reports_page.hpp"

namespace mtasts::tool {

/// How a report came: "mail".
std::string_view format_channel(reports::Channel channel);

std::string format_all_domains_text(const AllDomainsFacts& facts);
std::string format_domain_text(const DomainFacts& facts);

/// One object each, with the names of RFC 8460 for what it counts.
std::string format_all_domains_json(const AllDomainsFacts& facts);
std::string format_domain_json(const DomainFacts& facts);

/// For a text file of node_exporter.
std::string format_all_domains_metrics(const AllDomainsFacts& facts);

}  // namespace mtasts::tool
