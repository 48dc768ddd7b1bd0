// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"
#include "cli/cli.hpp"
#include "dns/name.hpp"

namespace mtasts::cli {
namespace {

Exit status(Arguments& arguments) {
  std::string format;
  std::vector<std::string> domains;
  arguments.add_choice("--format", format, {"table", "json"});
  arguments.add_words("domain", domains, 1);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  std::string path = "/status";
  if (!domains.empty()) {
    const Result<dns::Name> name = dns::Name::from_typed(domains.front());
    if (!name) {
      return fault(about_value("domain", domains.front(), name.error()));
    }
    path += "?q=" + name->text();
  }
  return ask_server(arguments.config(), path,
                    format == "json" ? "application/json" : "text/plain");
}

}  // namespace

const Command k_status = {
    .usage = "status [DOMAIN]",
    .about = "ask it what it serves, and who has fetched it",
    .run = status,
    .options = R"(  --format FORM       table or json (default: table)
)"};

}  // namespace mtasts::cli
