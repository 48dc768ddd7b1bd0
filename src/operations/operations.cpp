// SPDX-License-Identifier: MIT
#include "operations/operations.hpp"

#include <utility>

namespace mtasts::operations {

Result<std::unique_ptr<Operations>> Operations::open(
    const config::Operations& settings, const server::PolicyHost& host,
    const server::FetchLog& fetches, const server::ReloadStatus& reloads) {
  Result<std::unique_ptr<PageServer>> server =
      PageServer::open(settings.listen);
  if (!server) return tl::unexpected<Error>(server.error());
  return std::unique_ptr<Operations>(
      new Operations(settings, host, fetches, reloads, *std::move(server)));
}

Operations::Operations(const config::Operations& settings,
                       const server::PolicyHost& host,
                       const server::FetchLog& fetches,
                       const server::ReloadStatus& reloads,
                       std::unique_ptr<PageServer> server)
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

}  // namespace mtasts::operations
