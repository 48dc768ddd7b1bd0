// SPDX-License-Identifier: MIT
// Asks an HTTP server for one page.
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
/// nobody answers, and why; it comes within 2 seconds if nothing does. It has
/// `hint` when no connection can be made.
Result<Reply> ask(const net::ListenAddress& address, const std::string& path,
                  const std::string& accept, std::string hint);

}  // namespace mtasts::http
