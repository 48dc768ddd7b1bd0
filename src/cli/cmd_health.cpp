// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"
#include "cli/cli.hpp"

namespace mtasts::cli {
namespace {

Exit health(Arguments& arguments) {
  if (const std::optional<Exit> end = arguments.read()) return *end;
  constexpr int k_ok = 200;
  const std::optional<http::Reply> reply =
      ask_server(arguments.config(), "/readyz", "text/plain");
  if (!reply) return Exit::fault;
  const bool printed = print(reply->body);
  return printed && reply->status == k_ok ? Exit::good : Exit::fault;
}

}  // namespace

const Command k_health = {.usage = "health",
                          .about = "ask the running server whether it is ready",
                          .run = health};

}  // namespace mtasts::cli
