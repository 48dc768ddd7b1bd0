// SPDX-License-Identifier: MIT
// One client's connection from accept to close, as a state machine that goes
// on whenever its socket is ready. It decides when to end and why; the event
// loop owns it, closes it and keeps its time.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "server/admission.hpp"
#include "server/counters.hpp"
#include "server/misfit_log.hpp"
#include "server/responder.hpp"
#include "server/wire.hpp"
#include "tls/client_hello.hpp"
#include "tls/context.hpp"

namespace mtasts::server {

/// What the connections of one thread work with: its buffers, and whose answers
/// they carry.
struct Worker {
  SSL_CTX* context;  // null: no listener wants TLS
  config::Limits limits;
  Counters* counters;
  std::unique_ptr<Responder> responder;
  MisfitLog* misfits;  // null: nobody is told
  Wire wire;
  bool draining = false;
  std::array<char, 16 * 1024> plain;  // one record, decrypted
  std::string answers;                // not encrypted yet
};

class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Takes `fd` over, which must not block.
  Connection(int fd, net::Scheme scheme, Time now, Time deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Goes on as far as the socket allows. The reason, when it is at its end;
  /// that it has neither read nor sent an octet in many turns is one.
  std::optional<End> advance(Worker& worker, bool peer_has_ended);

  /// After an end: true when the client may still be sending, so that a plain
  /// close would take the answer back by a reset (RFC 9112, 9.6). Sends FIN.
  bool needs_lingering() const { return linger_; }
  void start_lingering();
  bool is_lingering() const { return phase_ == Phase::linger; }
  Activity activity() const {
    return {.is_handshaking = phase_ == Phase::handshake,
            .is_writing = wants_write(),
            .is_lingering = phase_ == Phase::linger,
            .progress = progress_};
  }

  /// Tells a client that is owed nothing that the connection ends here
  /// (RFC 8446, 6.1).
  void say_goodbye(Worker& worker);

  /// Closes the socket now; the object may live on until the turn is over.
  void close();

  /// Why it ends if its time is over now.
  End end_at_deadline() const;
  /// Waits for room in the socket, and for nothing else: an answer is on its
  /// way, or requests wait for one.
  bool wants_write() const { return !unsent_.empty() || blocked_; }
  /// Between two requests.
  bool is_idle() const;
  /// Has not sent an octet.
  bool is_silent() const;
  /// Has sent a part of a request, or a whole one.
  bool has_asked() const { return answered_ > 0 || !head_.empty(); }

  int fd() const { return fd_; }
  Time deadline() const { return deadline_; }
  void set_deadline(Time deadline) { deadline_ = deadline; }

  // The event loop's own notes.
  std::list<Connection>::iterator self;
  std::uint32_t interest = 0;  // epoll events asked for; 0: not registered
  Admission::Ticket* ticket = nullptr;
  Activity noted;  // what its ticket says

 private:
  enum class Phase : std::uint8_t { hello, handshake, open, linger };

  std::optional<End> go_on(Worker& worker, bool peer_has_ended);
  std::optional<End> read_hello(Worker& worker);
  std::optional<End> refuse_hello(Worker& worker, tls::Alert alert);
  std::optional<End> shake_hands(Worker& worker);
  std::optional<End> converse(Worker& worker, bool peer_has_ended);
  std::optional<End> discard(Worker& worker);
  std::optional<End> settle(Worker& worker, std::optional<End> end);
  void take(Worker& worker, std::string_view chunk);
  void answer(Worker& worker, std::string_view head);
  void refuse(Worker& worker, int status, std::string_view octets);
  void count(Worker& worker, int status);
  bool write_answers(Worker& worker);
  /// Its end is decided, and of its last answer nothing is left to be made.
  std::optional<End> ending() const { return rest_ ? std::nullopt : ending_; }

  int fd_;
  Phase phase_;
  bool linger_ = false;
  bool blocked_ = false;  // requests, or rest_, wait for room in the socket
  std::uint8_t idle_turns_ = 0;  // in a row
  std::uint32_t answered_ = 0;
  std::uint32_t progress_ = 0;   // see Activity
  std::uint32_t discarded_ = 0;  // octets, since it lingers
  std::uint32_t scanned_ = 0;    // of head_, see http::scan_head()
  std::optional<End> ending_;    // ends once everything is sent
  std::unique_ptr<Body> rest_;   // of the answer that is being written
  Time asked_;  // when it was accepted, or its present request began to come
  Time deadline_;
  std::unique_ptr<tls::HelloReader> hello_;  // while it is in parts
  tls::SslPtr ssl_;     // null before the handshake, and without TLS
  std::string head_;    // of a request that has not come whole
  std::string unread_;  // taken from the socket, not decrypted yet
  std::string unsent_;  // encrypted, not taken by the socket yet
};

}  // namespace mtasts::server
