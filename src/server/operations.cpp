// SPDX-License-Identifier: MIT
#include "server/operations.hpp"

#include <utility>

namespace mtasts::server {

Result<std::unique_ptr<Operations>> Operations::open(
    const config::Operations& settings, const PolicyHost& host,
    const FetchLog& fetches, const ReloadStatus& reloads) {
  Result<std::unique_ptr<OperationsServer>> server =
      OperationsServer::open(settings.listen);
  if (!server) return tl::unexpected<Error>(server.error());
  return std::unique_ptr<Operations>(
      new Operations(settings, host, fetches, reloads, *std::move(server)));
}

Operations::Operations(const config::Operations& settings,
                       const PolicyHost& host, const FetchLog& fetches,
                       const ReloadStatus& reloads,
                       std::unique_ptr<OperationsServer> server)
    : readiness_(host.snapshots(), reloads),
      pages_({.host = host,
              .snapshots = host.snapshots(),
              .reloads = reloads,
              .fetches = fetches,
              .readiness = readiness_,
              .domain_metrics = settings.domain_metrics,
              .started = this_second()}),
      server_(std::move(server)) {}

void Operations::start() {
  server_->start(
      [this](const PageRequest& request) { return pages_.answer(request); });
}

}  // namespace mtasts::server
