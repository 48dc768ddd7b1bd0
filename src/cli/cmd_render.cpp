// SPDX-License-Identifier: MIT
#include <optional>

#include "cli/cli.hpp"
#include "cli/domain_argument.hpp"
#include "server/site.hpp"

namespace mtasts::cli {

Exit render(const Options& options) {
  const std::optional<config::Live> live = load_policies(options.config);
  if (!live) return Exit::fault;
  const server::Site site(*live);
  const std::optional<std::string> domain =
      find_domain(site, options.domains.front());
  if (!domain) return Exit::fault;
  return print(site.find_domain(*domain)->body) ? Exit::good : Exit::fault;
}

}  // namespace mtasts::cli
