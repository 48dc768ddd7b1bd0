// SPDX-License-Identifier: MIT
#include "cli/ask_server.hpp"

#include "config/read_operations.hpp"
#include "http/client.hpp"

namespace mtasts::cli {

Exit ask_server(const std::string& config, const std::string& path,
                const std::string& accept, config::Service service) {
  constexpr int k_ok = 200;
  const Result<config::Operations> operations =
      config::load_operations(config, service);
  const Result<http::Reply> reply =
      operations ? http::ask(operations->listen, path, accept,
                             service == config::Service::serve
                                 ? "is mta-stsd serve running, and was it "
                                   "started with this [operations]?"
                                 : "is mta-stsd collect running, and was it "
                                   "started with this [collect.operations]?")
                 : fail(operations.error());
  if (!reply) return fault(reply.error());
  return print(reply->body) && reply->status == k_ok ? Exit::good : Exit::fault;
}

}  // namespace mtasts::cli
