// SPDX-License-Identifier: MIT
// What a kind of listener has to say: the seam between connections, which know
// sockets, TLS and HTTP's outer form, and the pages that they carry.
#pragma once

#include <cstdint>
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

/// Where the body of a request goes. Whoever destroys it before finish() wants
/// nothing to be left of it.
class Upload {
 public:
  Upload() = default;
  virtual ~Upload() = default;
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  /// The next octets. 0, or the status to refuse the rest with.
  virtual int take(std::string_view octets) = 0;
  /// Those were the last. What comes of it may take its time, elsewhere.
  virtual void finish() = 0;
  /// The status to answer with. Nothing before it is known, which the loop is
  /// told by its wake().
  virtual std::optional<int> outcome() const = 0;
};

struct Answer {
  int status = 0;
  std::unique_ptr<Body> rest = nullptr;  // null: the answer is whole
  /// Not null: nothing was written, as the answer hangs on the body.
  std::unique_ptr<Upload> upload = nullptr;
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
  /// True if a part of that is left for the next turn, which then comes at
  /// once.
  virtual bool begin_turn() = 0;

  /// Appends the answer to `request` to `out`, or its head and the first part
  /// of its body.
  virtual Answer answer(const Request& request, AfterAnswer after,
                        std::string& out) = 0;

  /// Appends the answer to a request whose body went into an Upload.
  virtual void conclude(int /*status*/, AfterAnswer /*after*/,
                        std::string& /*out*/) {}

  /// Octets that the body of a request may have; 0: none is ever read.
  virtual std::uint64_t most_body_octets() const { return 0; }

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
