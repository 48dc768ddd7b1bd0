// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"
#include "cli/cli.hpp"

namespace mtasts::cli {
namespace {

Exit health(Arguments& arguments) {
  if (const std::optional<Exit> end = arguments.read()) return *end;
  return ask_server(arguments.config(), "/readyz", "text/plain");
}

}  // namespace

const Command k_health = {.usage = "health",
                          .about = "ask the running server whether it is ready",
                          .run = health};

}  // namespace mtasts::cli
