// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"

#include "command_line.hpp"
#include "config/read_operations.hpp"

namespace mtasts::cli {

std::optional<http::Reply> ask_server(const std::string& config,
                                      const std::string& path,
                                      const std::string& accept) {
  const Result<config::Operations> operations = config::load_operations(config);
  if (!operations) {
    print_error(operations.error().message, operations.error().hint);
    return std::nullopt;
  }
  Result<http::Reply> reply = http::ask(
      operations->listen, path, accept,
      "is mta-stsd serve running, and was it started with this [operations]?");
  if (!reply) {
    print_error(reply.error().message, reply.error().hint);
    return std::nullopt;
  }
  return *std::move(reply);
}

}  // namespace mtasts::cli
