// SPDX-License-Identifier: MIT
// What each path of the operations listener is answered with.
#pragma once

#include "server/metrics.hpp"
#include "server/observed.hpp"
#include "server/operations_server.hpp"

namespace mtasts::server {

class OperationsPages {
 public:
  /// What `observed` refers to has to outlive it.
  explicit OperationsPages(const Observed& observed)
      : observed_(observed), metrics_(observed) {}

  /// From any thread.
  Page answer(const PageRequest& request);

 private:
  Page write_metrics(const PageRequest& request);
  Page write_status(const PageRequest& request) const;

  const Observed observed_;
  Metrics metrics_;
};

}  // namespace mtasts::server
