// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"

#include "config/read_operations.hpp"
#include "http/client.hpp"

namespace mtasts::cli {

Exit ask_server(const std::string& config, const std::string& path,
                const std::string& accept) {
  constexpr int k_ok = 200;
  const Result<config::Operations> operations = config::load_operations(config);
  const Result<http::Reply> reply =
      operations ? http::ask(operations->listen, path, accept,
                             "is mta-stsd serve running, and was it started "
                             "with this [operations]?")
                 : fail(operations.error());
  if (!reply) {
    print_error(reply.error());
    return Exit::fault;
  }
  return print(reply->body) && reply->status == k_ok ? Exit::good : Exit::fault;
}

}  // namespace mtasts::cli
