// SPDX-License-Identifier: MIT
#include "cli/domain_argument.hpp"

#include <fmt/format.h>

#include "command_line.hpp"
#include "config/load.hpp"
#include "dns/name.hpp"
#include "process/progress.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::cli {

std::optional<config::Live> load_policies(const std::string& path) {
  config::Loaded loaded = config::load_config(
      path, process::Progress(process::show_on_terminal).visitor());
  if (loaded.config) return std::move(loaded.config->live);
  print_diagnostics(loaded.diagnostics);
  return std::nullopt;
}

std::optional<std::string> find_domain(const config::Live& live,
                                       const std::string& text) {
  const Result<dns::Name> name = dns::Name::from_typed(text);
  if (!name) {
    print_error(about_value("domain", text, name.error()));
    return std::nullopt;
  }
  if (live.find_domain(name->text()) != nullptr) return name->text();
  const bool is_host = name->text().starts_with(sts::k_policy_host_prefix);
  print_error(fmt::format("domain {} has no policy here", in_quotes(text)),
              is_host ? "name the policy domain, not its policy host"
                      : "mta-stsd records lists those that have");
  return std::nullopt;
}

}  // namespace mtasts::cli
