// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"
#include "cli/cli.hpp"

namespace mtasts::cli {
namespace {

Exit health(Arguments& arguments) {
  bool of_collect = false;
  arguments.add_flag("--collect", of_collect);
  if (const std::optional<Exit> end = arguments.read()) return *end;
  return ask_server(
      arguments.config(), "/readyz", "text/plain",
      of_collect ? config::Service::collect : config::Service::serve);
}

}  // namespace

const Command k_health = {
    .usage = "health",
    .about = "ask the running server whether it is ready",
    .run = health,
    .options = R"(  --collect           ask collect, not serve
)"};

}  // namespace mtasts::cli
