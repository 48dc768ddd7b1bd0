// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"
#include "cli/cli.hpp"
#include "dns/name.hpp"

namespace mtasts::cli {

Exit status(const Options& options) {
  constexpr int k_ok = 200;
  std::string path = "/status";
  if (!options.domains.empty()) {
    const Result<dns::Name> name =
        dns::Name::from_typed(options.domains.front());
    if (!name) {
      print_error("domain " + in_quotes(options.domains.front()) + " " +
                      name.error().message,
                  name.error().hint);
      return Exit::fault;
    }
    path += "?q=" + name->text();
  }
  const std::optional<http::Reply> reply = ask_server(
      options, path,
      options.status_format == "json" ? "application/json" : "text/plain");
  if (!reply) return Exit::fault;
  const bool printed = print(reply->body);
  return printed && reply->status == k_ok ? Exit::good : Exit::fault;
}

}  // namespace mtasts::cli
