// SPDX-License-Identifier: MIT
// cpp-httplib as the HTTP engine, in memory: it is handed a head that was
// checked and written anew from its parts, calls back for the answer, and
// writes it. No socket, no thread and no route of the library is in use.
#pragma once

#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/request_head.hpp"
#include "server/site.hpp"

namespace mtasts::server {

enum class AfterAnswer { keep_open, close };

/// One thread's own.
class HttpEngine {
 public:
  HttpEngine();
  ~HttpEngine();
  HttpEngine(const HttpEngine&) = delete;
  HttpEngine& operator=(const HttpEngine&) = delete;

  /// What the Date field of the answers says from now on (RFC 9110, 6.6.1).
  void set_time(std::time_t now);

  /// Appends the answer to `request` to `out` and returns its status.
  int answer(const Site& site, const RequestHead& request,
             std::optional<std::string_view> sni, AfterAnswer after,
             std::string& out);

  /// Appends the answer to the head that `octets` start with, and that was
  /// refused with `status`.
  void refuse(int status, std::string_view octets, std::string& out);

 private:
  class Server;
  std::unique_ptr<Server> server_;
  std::time_t now_ = -1;
};

}  // namespace mtasts::server
