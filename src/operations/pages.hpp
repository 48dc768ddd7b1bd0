// SPDX-License-Identifier: MIT
// What each path of the operations listener is answered with.
#pragma once

#include "operations/metrics.hpp"
#include "operations/observed.hpp"
#include "operations/page_server.hpp"

namespace mtasts::operations {

class Pages {
 public:
  /// What `observed` refers to has to outlive it.
  explicit Pages(const Observed& observed)
      : observed_(observed), metrics_(observed) {}

  /// From any thread.
  Page answer(const PageRequest& request);

 private:
  Page write_metrics(const PageRequest& request);
  Page write_status(const PageRequest& request) const;

  const Observed observed_;
  Metrics metrics_;
};

}  // namespace mtasts::operations
