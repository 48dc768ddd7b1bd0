// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"
#include "cli/cli.hpp"

namespace mtasts::cli {

Exit health(const Options& options) {
  constexpr int k_ok = 200;
  const std::optional<http::Reply> reply =
      ask_server(options, "/readyz", "text/plain");
  if (!reply) return Exit::fault;
  const bool printed = print(reply->body);
  return printed && reply->status == k_ok ? Exit::good : Exit::fault;
}

}  // namespace mtasts::cli
