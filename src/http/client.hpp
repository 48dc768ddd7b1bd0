// SPDX-License-Identifier: MIT
// Asks the operations listener of a running server.
#pragma once

#include <string>

#include "net/listen_address.hpp"
#include "result.hpp"

namespace mtasts::http {

struct Reply {
  int status;
  std::string body;
};

/// The reply to GET `path`, with the given Accept field. The error says that
/// nobody answers, and why; it comes within 2 seconds if nothing does.
Result<Reply> ask(const net::ListenAddress& address, const std::string& path,
                  const std::string& accept);

}  // namespace mtasts::http
