// SPDX-License-Identifier: MIT
// One client's connection, from accept to close. serve() goes as far as the
// socket allows; the event loop owns the connection, waits for its socket, and
// ends it when its time is over or its place is needed.
//
//    https             http
//      |                 |
//      v                 |
//   [hello]              |
//      | whole           |
//      | ClientHello     |
//      v                 v       .-----.
//   [handshake] --keys-> [open] -'  reads requests, answers them
//      |                 |   ^-----'
//      | an alert is     | the last answer is made, or the client has ended
//      | written         |
//      |                 |
//      |  ending_ is set: no more is read, and what was written is sent
//      |                 |
//      |                 +---> [linger]  if the client may still be sending:
//      |                 |        |      FIN is sent, what comes discarded
//      v                 v        v
//   [closed] <--------------------+----- end(), from any state
//
// Where bodies are taken (Responder::most_body_octets), one comes in the state
// open, between its head and its answer: see `body_`. Once it is whole the
// connection may have to wait for its answer, and reads nothing meanwhile.
//
// The reason is counted once, on the way to linger or closed. Example: a
// client asks with "Connection: close" and does not read. ending_ is
// End::answered, and what its socket does not take waits in unsent_; at its
// deadline the loop says end(End::deadline_answer), and that is what counts.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "http/body_reader.hpp"
#include "server/admission.hpp"
#include "server/counters.hpp"
#include "server/misfit_log.hpp"
#include "server/responder.hpp"
#include "server/wire.hpp"
#include "tls/challenges.hpp"
#include "tls/client_hello.hpp"
#include "tls/context.hpp"

namespace mtasts::server {

/// What an event loop lends to each of its connections: whose answers they
/// carry, and buffers that are in use for one of them at a time.
struct Worker {
  SSL_CTX* const context;  // null: no listener wants TLS
  const config::Limits limits;
  MisfitLog* const misfits;           // null: nobody is told
  tls::Challenges* const challenges;  // null: there is no folder of them
  Counters counters;
  const std::unique_ptr<Responder> responder;
  bool draining = false;  // each answer is to be the last one
  Wire wire;
  std::array<char, 16 * 1024> plain;  // one record, decrypted
  std::string answers;                // not encrypted yet
};

class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Takes `fd` over, which must not block. `worker` has to outlive it.
  Connection(Worker& worker, int fd, net::Scheme scheme, Time now);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Reads, answers and sends as far as the socket allows. It may come to its
  /// end by that. `peer_has_ended`: the kernel has said so.
  void serve(bool peer_has_ended);

  /// Closes it now, for `reason`; a client that is owed nothing is told so.
  void end(End reason);
  /// What `reason` is if its time is over now.
  End reason_at_deadline() const;
  /// Asked when its time is over: true if that is to begin anew, as so much of
  /// a body has come in it as any honest client sends, or all that was left.
  bool has_earned_time();

  bool is_closed() const { return state_ == State::closed; }
  /// For the answer to a body that has come, and for nothing of the client.
  bool is_waiting() const { return body_ && body_->reader.is_whole(); }
  /// No more: serve() will write it.
  bool is_answerable() const {
    return is_waiting() && body_->upload->outcome().has_value();
  }
  /// Waits for room in the socket, and for nothing else: an answer is on its
  /// way, or requests wait for one.
  bool wants_write() const { return !unsent_.empty() || is_blocked_; }
  /// Has not sent an octet, or has got an answer to all it has sent.
  bool is_owed_nothing() const { return is_silent() || is_idle(); }
  /// Has sent a part of a request, or a whole one.
  bool has_asked() const { return answered_ > 0 || !head_.empty(); }
  Activity activity() const {
    return {.is_handshaking = state_ == State::handshake,
            .is_writing = wants_write(),
            .is_lingering = state_ == State::linger,
            .progress = progress_};
  }

  int fd() const { return fd_; }

 private:
  enum class State : std::uint8_t { hello, handshake, open, linger, closed };
  /// How it ends once all is sent.
  struct Ending {
    End reason;
    bool is_more_coming = false;  // the client may not have sent all yet
  };

  /// The body of the request that comes now.
  struct Arriving {
    http::BodyReader reader;
    std::unique_ptr<Upload> upload;
    bool may_keep;             // the connection stays open behind it
    Time since;                // when it began, or its time began anew
    std::uint64_t octets = 0;  // that have come since then
  };

  void converse(bool peer_has_ended);
  void read_hello();
  void reject_hello(tls::Alert alert);
  void handshake();
  void note_handshake(Handshake result, std::string_view host);
  void end_challenge(Handshake result);
  void read_requests(bool peer_has_ended);
  void answer_requests(std::string_view chunk);
  void answer(std::string_view head);
  std::size_t take_body(std::string_view octets);
  void conclude_body(int status);
  void refuse(int status, std::string_view octets);
  void count_answer(int status);
  void write_answers();
  void send();
  void shut_down();
  void discard();
  bool is_idle() const;
  bool is_silent() const;
  /// Its end is decided, and of its last answer nothing is left to be made.
  bool is_ending() const { return ending_ && !rest_; }

  Worker& worker_;
  int fd_;
  State state_;
  bool is_challenge_ = false;    // it asked for acme-tls/1 alone (RFC 8737)
  bool is_blocked_ = false;      // requests, or rest_, wait for room
  std::uint8_t idle_turns_ = 0;  // in a row
  std::uint32_t answered_ = 0;
  std::uint32_t progress_ = 0;     // see Activity
  std::uint32_t discarded_ = 0;    // octets, since it lingers
  std::uint32_t body_octets_ = 0;  // since body_ last made progress
  std::uint32_t scanned_ = 0;      // of head_, see http::scan_head()
  std::optional<Ending> ending_;
  std::unique_ptr<Body> rest_;  // of the answer that is being written
  std::unique_ptr<Arriving> body_;
  Time asked_;  // when it was accepted, or its present request began to come
  std::unique_ptr<tls::HelloReader> hello_;  // while it is in parts
  tls::SslPtr ssl_;     // null before the handshake, and without TLS
  std::string head_;    // of a request that has not come whole
  std::string unread_;  // taken from the socket, not decrypted yet
  std::string unsent_;  // encrypted, not taken by the socket yet
};

}  // namespace mtasts::server
