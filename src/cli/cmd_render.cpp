// SPDX-License-Identifier: MIT
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.hpp"
#include "cli/domain_argument.hpp"
#include "files/tree.hpp"
#include "snapshot/snapshot.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::cli {
namespace {

/// Writes DIRECTORY/mta-sts.<domain>/.well-known/mta-sts.txt for each of
/// `domains`, for those who serve it by other means.
Result<void> write_tree(const std::string& directory, const config::Live& live,
                        const std::vector<std::string>& domains) {
  const Result<files::Tree> tree = files::Tree::open(directory);
  if (!tree) return fail(tree.error());
  for (const std::string& domain : domains) {
    const Result<void> written =
        tree->write(sts::policy_host(domain) + std::string(sts::k_policy_path),
                    live.find_domain(domain)->body());
    if (!written) return written;
  }
  return {};
}

Exit render(Arguments& arguments) {
  std::optional<std::string> output;
  std::vector<std::string> named;
  arguments.add_option("--output", output);
  arguments.add_words("domain", named);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  if (!output && named.size() != 1) {
    return print_usage_error("render needs one domain, or --output DIR");
  }
  const std::optional<config::Live> live = load_policies(arguments.config());
  if (!live) return Exit::fault;
  std::vector<std::string> domains;
  for (const std::string& text : named) {
    const std::optional<std::string> domain = find_domain(*live, text);
    if (!domain) return Exit::fault;
    domains.push_back(*domain);
  }
  if (!output) {
    const publish::Publication& policy = *live->find_domain(domains.front());
    return print(policy.body()) ? Exit::good : Exit::fault;
  }
  if (domains.empty()) domains = snapshot::all_domains(*live);
  const Result<void> written = write_tree(*output, *live, domains);
  if (written) return Exit::good;
  return fault(written.error());
}

}  // namespace

const Command k_render = {
    .usage = "render DOMAIN",
    .about = "print the exact bytes that are served",
    .run = render,
    .options =
        R"(  --output DIR        write DIR/mta-sts.DOMAIN/.well-known/mta-sts.txt, of all
                      domains unless some are named
)"};

}  // namespace mtasts::cli
