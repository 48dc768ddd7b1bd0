// SPDX-License-Identifier: MIT
// cpp-httplib as the HTTP engine, in memory: it is handed one of four heads of
// our own, calls back for the answer, and writes it. No octet of a client, no
// socket, no thread and no route of the library is in use. What it wrote is
// kept, and the next equal answer costs a copy and its Date.
#pragma once

#include <compare>
#include <cstddef>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/request_head.hpp"
#include "server/respond.hpp"
#include "server/responder.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::server {

/// One thread's own.
class HttpEngine {
 public:
  HttpEngine();
  ~HttpEngine();
  HttpEngine(const HttpEngine&) = delete;
  HttpEngine& operator=(const HttpEngine&) = delete;

  /// What the Date field of the answers says from now on (RFC 9110, 6.6.1).
  void set_time(std::time_t now);

  /// Call it when the snapshot of the answers is replaced: kept answers are
  /// known by the address of their body.
  void forget();

  /// Appends the answer to `request` to `out`, and says which it was.
  Response answer(const snapshot::Snapshot& serving,
                  const http::RequestHead& request,
                  std::optional<std::string_view> sni, AfterAnswer after,
                  std::string& out);

  /// Appends the answer to the head that `octets` start with, and that was
  /// refused with `status`.
  void refuse(int status, std::string_view octets, std::string& out);

 private:
  class Server;
  struct Kind {
    int status;
    const char* body;
    bool to_head;
    AfterAnswer after;

    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  struct Kept {
    std::string octets;
    std::size_t date_at;  // where the value of the Date field stands
  };

  void write(const Response& response, bool to_head, AfterAnswer after,
             std::string& out);

  std::unique_ptr<Server> server_;
  std::map<Kind, Kept> kept_;
  std::string date_;
  std::time_t now_ = -1;
};

}  // namespace mtasts::server
