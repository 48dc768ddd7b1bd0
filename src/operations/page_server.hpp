// SPDX-License-Identifier: MIT
// The listener for operators: plain HTTP, on an address of its own, with
// threads of its own. cpp-httplib parses and writes; accepting and the time
// that a client may take are ours, since its own accept loop ends for good at
// an aborted connection and its time-outs are per read. One request for each
// connection.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "config/listen_address.hpp"
#include "result.hpp"
#include "server/listener.hpp"

namespace mtasts::operations {

/// What was asked, with everything decoded.
struct PageRequest {
  std::string path;
  std::map<std::string, std::string> query;
  std::string accept;
};

struct Page {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  std::map<std::string, std::string> fields;  // more header fields
};

class PageServer {
 public:
  using Pages = std::function<Page(const PageRequest&)>;

  /// Binds the address; answers nobody before start().
  static Result<std::unique_ptr<PageServer>> open(
      const config::ListenAddress& address);
  /// Stops; waits for the answers that are being sent.
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  /// `pages` is called by several threads.
  void start(Pages pages);

  /// The address as it was bound.
  const std::string& name() const { return listeners_.names().front(); }

 private:
  class Http;

  PageServer(server::Listeners listeners, int stop_fd);

  void run();
  void converse(int fd);

  server::Listeners listeners_;
  int stop_fd_;
  std::unique_ptr<Http> http_;
  std::vector<std::thread> threads_;
};

}  // namespace mtasts::operations
