// SPDX-License-Identifier: MIT
// What a kind of listener has to say: the seam between connections, which know
// sockets, TLS and HTTP's outer form, and the pages that they carry.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/answer_writer.hpp"
#include "http/request_head.hpp"
#include "server/counters.hpp"
#include "tls/context.hpp"

namespace mtasts::server {

using http::AfterAnswer;

/// A request whose head was found good. All views die with the call.
struct Request {
  http::RequestHead head;
  std::string_view octets;              // the whole head as it came
  std::optional<std::string_view> sni;  // nothing on a connection without TLS
};

/// What is left of an answer that is written as its reader takes it. It lives
/// as long as the connection may: a snapshot that it needs it has to hold.
class Body {
 public:
  Body() = default;
  virtual ~Body() = default;
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  /// Appends the next octets to `out`, some kB at a time. False when these
  /// were the last.
  virtual bool write_some(std::string& out) = 0;
};

struct Answer {
  int status = 0;
  std::unique_ptr<Body> rest = nullptr;  // null: the answer is whole
};

/// One thread's own; nothing in it may wait or throw.
class Responder {
 public:
  Responder() = default;
  virtual ~Responder() = default;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  /// A turn of the event loop begins: what may have changed since the last
  /// one, such as the snapshot or the second for the Date, is looked at here.
  virtual void begin_turn() = 0;

  /// Appends the answer to `request` to `out`, or its head and the first part
  /// of its body.
  virtual Answer answer(const Request& request, AfterAnswer after,
                        std::string& out) = 0;

  /// Appends the answer to a head that was refused with `status`; `octets`
  /// start with it. The connection is closed behind it.
  virtual void refuse(int status, std::string_view octets,
                      std::string& out) = 0;

  /// True if one more line on what a client did is to be written to the log
  /// now; those on requests and on handshakes have one limit.
  virtual bool may_log() { return false; }

  /// What handshakes choose their certificate from; null without TLS.
  virtual tls::Selector* selector() { return nullptr; }
};

}  // namespace mtasts::server
