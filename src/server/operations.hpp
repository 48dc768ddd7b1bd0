// SPDX-License-Identifier: MIT
// Everything behind the operations listener, ready to be started.
#pragma once

#include <memory>
#include <string>

#include "config/config.hpp"
#include "result.hpp"
#include "server/fetch_log.hpp"
#include "server/operations_pages.hpp"
#include "server/operations_server.hpp"
#include "server/policy_host.hpp"
#include "server/readiness.hpp"
#include "server/reload_status.hpp"

namespace mtasts::server {

class Operations {
 public:
  /// Binds the listener. The three that it tells of have to outlive it.
  static Result<std::unique_ptr<Operations>> open(
      const config::Operations& settings, const PolicyHost& host,
      const FetchLog& fetches, const ReloadStatus& reloads);

  /// Answers from now on.
  void start();

  /// From now on it is not ready, since the server is being stopped.
  void set_stopping() { readiness_.set_stopping(); }

  /// The address as it was bound.
  const std::string& name() const { return server_->name(); }

 private:
  Operations(const config::Operations& settings, const PolicyHost& host,
             const FetchLog& fetches, const ReloadStatus& reloads,
             std::unique_ptr<OperationsServer> server);

  Readiness readiness_;
  OperationsPages pages_;
  std::unique_ptr<OperationsServer> server_;  // ends first: it asks the pages
};

}  // namespace mtasts::server
