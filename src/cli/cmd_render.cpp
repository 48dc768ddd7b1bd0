// SPDX-License-Identifier: MIT
#include <optional>

#include "cli/cli.hpp"
#include "cli/domain_argument.hpp"
#include "cli/static_tree.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::cli {

Exit render(const Options& options) {
  if (!options.output && options.domains.size() != 1) {
    print_error("render needs one domain, or --output DIR",
                "see mta-stsd --help");
    return Exit::usage;
  }
  const std::optional<config::Live> live = load_policies(options.config);
  if (!live) return Exit::fault;
  std::vector<std::string> domains;
  for (const std::string& text : options.domains) {
    const std::optional<std::string> domain = find_domain(*live, text);
    if (!domain) return Exit::fault;
    domains.push_back(*domain);
  }
  if (!options.output) {
    const publish::Publication& policy = *live->find_domain(domains.front());
    return print(policy.body) ? Exit::good : Exit::fault;
  }
  if (domains.empty()) domains = snapshot::all_domains(*live);
  const Result<void> written =
      write_static_tree(*options.output, *live, domains);
  if (written) return Exit::good;
  print_error(written.error().message, written.error().hint);
  return Exit::fault;
}

}  // namespace mtasts::cli
