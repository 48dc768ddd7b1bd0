// SPDX-License-Identifier: MIT
#include "server/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "http/request_head.hpp"
#include "log.hpp"

namespace mtasts::server {
namespace {

// Of a client that sends on behind its last answer, besides the body that it
// may have been in the middle of.
constexpr std::uint32_t k_max_discarded_octets = 256 * 1024;
// The kernel may call a socket ready that has nothing for us: at urgent data,
// by mistake, or when memory is short. More turns in a row are no mistake.
constexpr std::uint8_t k_max_idle_turns = 16;
// So much may wait for a slow reader; pipelined requests beyond it wait too.
constexpr std::size_t k_max_unsent_octets = 8 * 1024;
// Of a body, what the slowest lines carry: who holds a connection for longer
// than its time pays for it. More than a moment's worth, or a body begun at the
// end would be enough.
constexpr double k_least_octets_per_second = 8 * 1024;
constexpr double k_least_octets = 16 * 1024;
constexpr int k_misdirected = 421;
constexpr std::string_view k_continue = "HTTP/1.1 100 Continue\r\n\r\n";

/// Not by doubling, as std::string would: these buffers stay for a while.
void append(std::string& buffer, std::string_view octets) {
  constexpr std::size_t k_step = 512;
  const std::size_t size = buffer.size() + octets.size();
  if (size > buffer.capacity()) {
    std::string larger;
    larger.reserve(size + k_step);
    larger = buffer;
    buffer = std::move(larger);
  }
  buffer += octets;
}

}  // namespace

Connection::Connection(Worker& worker, int fd, net::Scheme scheme, Time now)
    : worker_(worker),
      fd_(fd),
      state_(scheme == net::Scheme::https ? State::hello : State::open),
      asked_(now) {}

Connection::~Connection() {
  if (!is_closed()) ::close(fd_);
}

bool Connection::is_idle() const {
  return state_ == State::open && answered_ > 0 && head_.empty() && !body_ &&
         unread_.empty() && !wants_write();
}

bool Connection::is_silent() const {
  // A client of TLS that is past its hello has sent something, and one without
  // TLS is silent up to the first octet of its first request.
  if (state_ == State::hello) return !hello_;
  return state_ == State::open && !ssl_ && !has_asked();
}

End Connection::reason_at_deadline() const {
  if (state_ == State::hello) return End::deadline_hello;
  if (state_ == State::handshake) return End::deadline_handshake;
  if (wants_write()) return End::deadline_answer;
  if (is_waiting()) return End::failed;  // for us
  return is_idle() ? End::deadline_idle : End::deadline_head;
}

bool Connection::has_earned_time() {
  if (!body_) return false;
  const Time now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> time =
      now - std::exchange(body_->since, now);
  const double wanted =
      std::max(k_least_octets, k_least_octets_per_second * time.count());
  return static_cast<double>(std::exchange(body_->octets, 0)) >= wanted;
}

void Connection::serve(bool peer_has_ended) {
  const State before = state_;
  worker_.wire.begin(fd_, ssl_.get());
  if (state_ == State::linger) {
    discard();
  } else {
    converse(peer_has_ended);
  }
  // A turn was of use if it moved an octet or changed the state.
  if (worker_.wire.has_moved()) {
    idle_turns_ = 0;
  } else if (state_ == before && ++idle_turns_ > k_max_idle_turns) {
    end(End::no_progress);
  }
}

void Connection::converse(bool peer_has_ended) {
  Wire& wire = worker_.wire;
  if (state_ == State::hello) {
    read_hello();
    if (state_ != State::handshake) return;
  } else if (!unread_.empty()) {
    wire.put_back(unread_);
    std::string().swap(unread_);
  }
  if (!unsent_.empty()) {
    wire.unsent() = std::move(unsent_);
    unsent_.clear();
    if (!wire.flush()) return end(End::peer_broke_off);
    if (wire.has_moved()) ++progress_;
    // Nothing is read from a client that does not take what it is owed.
    if (!wire.unsent().empty() || is_ending()) return send();
  }
  if (state_ == State::handshake) handshake();
  if (state_ == State::open) read_requests(peer_has_ended);
  send();
}

/// And answers them in their order, until the client has no more for now or
/// the connection is to end.
void Connection::read_requests(bool peer_has_ended) {
  const bool is_answerable = this->is_answerable();
  if (is_answerable) conclude_body(*body_->upload->outcome());
  if (std::exchange(is_blocked_, false) || is_answerable) answer_requests({});
  Wire& wire = worker_.wire;
  while (!ending_ && !is_blocked_ && !is_waiting()) {
    std::string_view octets;
    const Input input = wire.read(worker_.plain, octets);
    if (input == Input::nothing_yet) return;
    if (input == Input::octets) {
      answer_requests(octets);
      continue;
    }
    const bool between = input == Input::end && head_.empty() && !body_;
    ending_ = Ending{between ? End::peer_closed : End::peer_broke_off};
    if (input == Input::failure) return;
    // Answer its close_notify (RFC 8446, 6.1). A FIN without one is common
    // and, with complete messages, harmless (RFC 9112, 9.8). To a client
    // that has sent both and is owed nothing it would be lost effort: its
    // system answers with a reset, and a system call is saved.
    const bool is_gone =
        between && peer_has_ended && !wire.has_ended() && wire.unsent().empty();
    if (!is_gone) wire.send_close_notify();
  }
}

/// Adds `chunk` to what has come and answers every request that is whole.
void Connection::answer_requests(std::string_view chunk) {
  const bool stored = !head_.empty();
  if (!stored && !body_ && answered_ > 0)
    asked_ = std::chrono::steady_clock::now();
  if (stored && !chunk.empty()) append(head_, chunk);
  std::string_view rest = stored ? std::string_view(head_) : chunk;
  while (rest_ || (!rest.empty() && !ending_)) {
    if (worker_.answers.size() + worker_.wire.unsent().size() >
        k_max_unsent_octets) {
      is_blocked_ = true;
      break;
    }
    // A long body goes before the requests behind it, a piece at a time.
    if (rest_) {
      ++progress_;  // its reader has taken what came before
      if (!rest_->write_some(worker_.answers)) rest_.reset();
      continue;
    }
    if (body_) {
      if (is_waiting()) break;
      rest.remove_prefix(take_body(rest));
      continue;
    }
    const http::HeadScan scan =
        http::scan_head(rest, scanned_, worker_.limits.head_octets);
    if (scan.status != 0) {
      refuse(scan.status, rest);
      break;
    }
    // Of a head in many parts, each octet is scanned once.
    scanned_ = static_cast<std::uint32_t>(scan.scanned);
    if (scan.size == 0) break;
    answer(rest.substr(0, scan.size));
    rest.remove_prefix(scan.size);
    scanned_ = 0;
  }
  if (ending_ && !rest.empty()) ending_->is_more_coming = true;
  // Whatever follows the last answer is not ours to read; see RFC 9112, 9.6.
  if (ending_ || rest.empty()) {
    std::string().swap(head_);
  } else if (rest.size() != head_.size()) {
    head_ = std::string(rest);  // no larger than it has to be
  }
  write_answers();
}

void Connection::answer(std::string_view octets) {
  const std::uint64_t most = worker_.responder->most_body_octets();
  const http::ParsedHead parsed = http::parse_head(
      octets, most == 0 ? http::Bodies::unread : http::Bodies::read);
  Counters::add(worker_.counters.requests);
  ++answered_;
  ++progress_;
  if (parsed.status != 0) return refuse(parsed.status, octets);
  const bool may_keep = parsed.head.keep_alive && !worker_.draining &&
                        answered_ < worker_.limits.requests_per_connection;
  // Behind a body that is not read nothing can be found.
  const bool keep = may_keep && !parsed.head.has_body;
  Request request{.head = parsed.head, .octets = octets, .sni = {}};
  if (ssl_) request.sni = tls::server_name(ssl_.get());
  Answer answer = worker_.responder->answer(
      request, keep ? AfterAnswer::keep_open : AfterAnswer::close,
      worker_.answers);
  if (answer.upload) {
    body_ = std::make_unique<Arriving>(
        Arriving{.reader = http::BodyReader(parsed.head, most),
                 .upload = std::move(answer.upload),
                 .may_keep = may_keep,
                 .since = std::chrono::steady_clock::now()});
    if (parsed.head.expects_continue) worker_.answers += k_continue;
    return;
  }
  count_answer(answer.status);
  if (answer.status == k_misdirected && worker_.misfits != nullptr) {
    worker_.misfits->note_misdirected(request.head, request.sni);
  }
  rest_ = std::move(answer.rest);
  if (!keep) {
    ending_ =
        Ending{.reason = End::answered, .is_more_coming = parsed.head.has_body};
  }
}

/// Hands on what of the body is in `octets`; how many of them that took.
std::size_t Connection::take_body(std::string_view octets) {
  constexpr std::size_t k_step = 16 * 1024;
  http::BodyReader& reader = body_->reader;
  std::size_t taken = 0;
  int status = 0;
  while (status == 0 && taken < octets.size() && !reader.is_whole()) {
    const http::BodyReader::Piece piece = reader.take(octets.substr(taken));
    taken += piece.taken;
    status = reader.status();
    if (status == 0 && !piece.octets.empty()) {
      status = body_->upload->take(piece.octets);
    }
  }
  // Who sends an octet a second makes none (see Activity).
  body_octets_ += static_cast<std::uint32_t>(taken);
  body_->octets += taken;
  if (body_octets_ >= k_step || reader.is_whole()) {
    body_octets_ = 0;
    ++progress_;
  }
  if (status != 0) {
    conclude_body(status);
  } else if (reader.is_whole()) {
    body_->upload->finish();
    body_->octets = UINT64_MAX;  // the answer is ours to give
  }
  return taken;
}

void Connection::conclude_body(int status) {
  const bool is_whole = body_->reader.is_whole();
  const bool keep = is_whole && body_->may_keep && !worker_.draining;
  worker_.responder->conclude(
      status, keep ? AfterAnswer::keep_open : AfterAnswer::close,
      worker_.answers);
  count_answer(status);
  body_.reset();
  if (!keep) {
    ending_ = Ending{.reason = End::answered, .is_more_coming = !is_whole};
  }
}

void Connection::refuse(int status, std::string_view octets) {
  worker_.responder->refuse(status, octets, worker_.answers);
  count_answer(status);
  ending_ = Ending{.reason = End::bad_request, .is_more_coming = true};
  if (!ssl_ && worker_.misfits != nullptr) {
    worker_.misfits->note_opening(octets, net::Scheme::http);
  }
}

void Connection::count_answer(int status) {
  const Time now = std::chrono::steady_clock::now();
  worker_.counters.count_answer(status);
  worker_.counters.count_duration(
      std::chrono::duration_cast<std::chrono::microseconds>(now - asked_));
  asked_ = now;  // a pipelined request has come already
}

/// Hands the answers over to the wire.
void Connection::write_answers() {
  const bool is_written = worker_.wire.write(worker_.answers);
  worker_.answers.clear();
  if (!is_written) {
    rest_.reset();  // whatever it would write could not be sent either
    ending_ = Ending{End::failed};
  } else if (is_ending()) {
    // close_notify goes out in the same segment as the answer; nothing is
    // waited for (RFC 8446, 6.1).
    worker_.wire.send_close_notify();
  }
}

/// Ends a turn: sends what was written, keeps what the socket did not take and
/// what was not decrypted yet. The connection ends once nothing is left.
void Connection::send() {
  Wire& wire = worker_.wire;
  if (!wire.flush()) return end(End::peer_broke_off);
  if (!wire.unsent().empty()) {
    unsent_ = wire.unsent();
  } else if (is_ending()) {
    return shut_down();
  }
  unread_ = wire.unread();
}

/// All is sent. Who may still be sending is listened to for a while: a close
/// now would answer the next octets with a reset, which can take the answer
/// back before it was read (RFC 9112, 9.6).
void Connection::shut_down() {
  const auto [reason, is_more_coming] = *ending_;
  const bool is_answered =
      reason == End::answered || reason == End::bad_request;
  const bool may_send = is_more_coming || !worker_.wire.unread().empty();
  if (!is_answered || !may_send) return end(reason);
  worker_.counters.count(reason);
  state_ = State::linger;
  ssl_.reset();
  ::shutdown(fd_, SHUT_WR);
}

void Connection::discard() {
  std::string_view octets;
  const Input input = worker_.wire.read(worker_.plain, octets);
  discarded_ += static_cast<std::uint32_t>(octets.size());
  if (input == Input::end || input == Input::failure ||
      discarded_ >
          worker_.responder->most_body_octets() + k_max_discarded_octets) {
    end(ending_->reason);
  }
}

void Connection::end(End reason) {
  // That of a lingering one counts already.
  if (state_ != State::linger) worker_.counters.count(reason);
  // RFC 8446, 6.1: a client that waits for nothing learns that this is no
  // attack. One that waits for the rest of an answer must not take it for
  // whole.
  const bool is_told = reason == End::deadline_idle || reason == End::evicted ||
                       reason == End::drained;
  if (is_told && state_ == State::open && unsent_.empty()) {
    worker_.wire.begin(fd_, ssl_.get());
    worker_.wire.send_close_notify();
    worker_.wire.flush();
  }
  state_ = State::closed;
  ::close(fd_);
}

}  // namespace mtasts::server
