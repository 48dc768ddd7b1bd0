// SPDX-License-Identifier: MIT
#include <optional>

#include "cli/cli.hpp"
#include "cli/domain_argument.hpp"
#include "dns/format.hpp"
#include "server/records.hpp"
#include "server/snapshot.hpp"

namespace mtasts::cli {

Exit records(const Options& options) {
  const std::optional<config::Live> live = load_policies(options.config);
  if (!live) return Exit::fault;
  const server::Site site(*live);
  std::vector<std::string> domains;
  for (const std::string& text : options.domains) {
    const std::optional<std::string> domain = find_domain(site, text);
    if (!domain) return Exit::fault;
    domains.push_back(*domain);
  }
  if (domains.empty()) domains = server::all_domains(*live);
  std::optional<std::chrono::seconds> ttl;
  if (options.ttl) ttl = std::chrono::seconds(*options.ttl);
  const std::vector<dns::DomainRecords> all =
      server::make_records(*live, domains, ttl);
  const bool printed = print(options.format == "plain" ? dns::format_plain(all)
                                                       : dns::format_zone(all));
  return printed ? Exit::good : Exit::fault;
}

}  // namespace mtasts::cli
