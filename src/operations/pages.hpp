// SPDX-License-Identifier: MIT
// What each path of the operations listener is answered with.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "operations/metrics.hpp"
#include "operations/observed.hpp"
#include "server/responder.hpp"

namespace mtasts::operations {

/// What was asked, with everything decoded but the path.
struct PageRequest {
  std::string_view path;
  std::map<std::string, std::string> query;
  std::string_view accept;
};

/// Takes a target of a good head apart: "/status?q=a+b%2Fc".
PageRequest read_target(std::string_view target, std::string_view accept);

struct Page {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body = {};
  std::map<std::string, std::string> fields = {};  // more header fields
  std::unique_ptr<server::Body> rest = nullptr;    // follows `body`
};

class Pages {
 public:
  /// What `observed` refers to has to outlive it.
  explicit Pages(const Observed& observed)
      : observed_(observed), metrics_(observed) {}

  /// /livez and /readyz, which are answered whatever else there is to do.
  static bool is_probe(std::string_view path);

  Page answer(const PageRequest& request);

 private:
  Page write_metrics(const PageRequest& request);
  Page write_status(const PageRequest& request) const;

  const Observed observed_;
  Metrics metrics_;
};

}  // namespace mtasts::operations
