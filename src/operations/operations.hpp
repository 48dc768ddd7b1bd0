// SPDX-License-Identifier: MIT
// Everything behind the operations listener, ready to be started.
#pragma once

#include <memory>
#include <string>

#include "config/config.hpp"
#include "operations/page_server.hpp"
#include "operations/pages.hpp"
#include "operations/readiness.hpp"
#include "result.hpp"
#include "server/fetch_log.hpp"
#include "server/policy_host.hpp"
#include "server/reload_status.hpp"

namespace mtasts::operations {

class Operations {
 public:
  /// Binds the listener. The three that it tells of have to outlive it.
  static Result<std::unique_ptr<Operations>> open(
      const config::Operations& settings, const server::PolicyHost& host,
      const server::FetchLog& fetches, const server::ReloadStatus& reloads);

  /// Answers from now on.
  void start();

  /// From now on it is not ready, since the server is being stopped.
  void set_stopping() { readiness_.set_stopping(); }

  /// The address as it was bound.
  const std::string& name() const { return server_->name(); }

 private:
  Operations(const config::Operations& settings, const server::PolicyHost& host,
             const server::FetchLog& fetches,
             const server::ReloadStatus& reloads,
             std::unique_ptr<PageServer> server);

  Readiness readiness_;
  Pages pages_;
  std::unique_ptr<PageServer> server_;  // ends first: it asks the pages
};

}  // namespace mtasts::operations
