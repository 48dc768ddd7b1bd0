// SPDX-License-Identifier: MIT
#include "server/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "http/request_head.hpp"
#include "log.hpp"

namespace mtasts::server {
namespace {

// Of a client that sends on behind its last answer.
constexpr std::uint32_t k_max_discarded_octets = 256 * 1024;
// The kernel may call a socket ready that has nothing for us: at urgent data,
// by mistake, or when memory is short. More turns in a row are no mistake.
constexpr std::uint8_t k_max_idle_turns = 16;
// So much may wait for a slow reader; pipelined requests beyond it wait too.
constexpr std::size_t k_max_unsent_octets = 8 * 1024;
constexpr int k_misdirected = 421;

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

void note_handshake(Worker& worker, Handshake result, std::string_view host) {
  worker.counters->count(result);
  if (worker.misfits != nullptr) worker.misfits->note_handshake(result, host);
  if (!worker.responder->may_log()) return;
  log::debug("handshake",
             {{"result", k_handshake_names[static_cast<std::size_t>(result)]},
              {"host", host}});
}

}  // namespace

Connection::Connection(int fd, net::Scheme scheme, Time now, Time deadline)
    : fd_(fd),
      phase_(scheme == net::Scheme::https ? Phase::hello : Phase::open),
      asked_(now),
      deadline_(deadline) {}

Connection::~Connection() { close(); }

void Connection::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool Connection::is_idle() const {
  return phase_ == Phase::open && answered_ > 0 && head_.empty() &&
         unread_.empty() && !wants_write();
}

bool Connection::is_silent() const {
  if (phase_ == Phase::hello) return !hello_;
  return phase_ == Phase::open && !ssl_ && !has_asked();
}

End Connection::end_at_deadline() const {
  switch (phase_) {
    case Phase::hello:
      return End::deadline_hello;
    case Phase::handshake:
      return End::deadline_handshake;
    case Phase::open:
    case Phase::linger:
      break;
  }
  if (wants_write()) return End::deadline_answer;
  return is_idle() ? End::deadline_idle : End::deadline_head;
}

std::optional<End> Connection::advance(Worker& worker, bool peer_has_ended) {
  worker.wire.begin(fd_, ssl_.get());
  const std::optional<End> end = go_on(worker, peer_has_ended);
  if (end) return end;
  if (worker.wire.has_moved()) {
    idle_turns_ = 0;
  } else if (++idle_turns_ > k_max_idle_turns) {
    return End::no_progress;
  }
  return {};
}

std::optional<End> Connection::go_on(Worker& worker, bool peer_has_ended) {
  Wire& wire = worker.wire;
  if (phase_ == Phase::linger) return discard(worker);
  if (phase_ == Phase::hello) {
    const std::optional<End> end = read_hello(worker);
    if (end || phase_ == Phase::hello) return end;
  } else if (!unread_.empty()) {
    wire.put_back(unread_);
    std::string().swap(unread_);
  }
  if (!unsent_.empty()) {
    wire.unsent() = std::move(unsent_);
    unsent_.clear();
    if (!wire.flush()) return End::peer_broke_off;
    if (wire.has_moved()) ++progress_;
    if (!wire.unsent().empty() || ending()) return settle(worker, ending());
  }
  if (phase_ == Phase::handshake) {
    const std::optional<End> end = shake_hands(worker);
    if (end || phase_ == Phase::handshake) return settle(worker, end);
  }
  return settle(worker, converse(worker, peer_has_ended));
}

/// No SSL object, which weighs 9 kB at once and 40 kB with its first octet,
/// before the client has sent a whole ClientHello. It is read as it comes, for
/// the kernel's word on whether enough of it is there can't be relied on.
std::optional<End> Connection::read_hello(Worker& worker) {
  using State = tls::HelloReader::State;
  Wire& wire = worker.wire;
  const bool is_first = !hello_;
  tls::HelloReader at_once;  // most come in one piece
  tls::HelloReader& hello = is_first ? at_once : *hello_;
  auto input = Input::octets;
  std::string_view come;
  std::string_view rest;
  while (hello.state() == State::incomplete) {
    input = wire.read(worker.plain, come);
    if (input != Input::octets) break;
    rest = come.substr(hello.take(come));
  }
  if (hello.state() == State::refused) {
    if (is_first && worker.misfits != nullptr) {
      worker.misfits->note_opening(come, net::Scheme::https);
    }
    return refuse_hello(worker, hello.alert());
  }
  if (hello.state() == State::whole) {
    wire.put_back(hello.as_record() += rest);
    hello_.reset();
    phase_ = Phase::handshake;
    ++progress_;
    return {};
  }
  if (is_first && wire.has_moved()) {
    hello_ = std::make_unique<tls::HelloReader>(std::move(at_once));
  }
  if (input == Input::nothing_yet) return {};
  return hello_ || input == Input::failure ? End::peer_broke_off
                                           : End::peer_closed;
}

std::optional<End> Connection::refuse_hello(Worker& worker, tls::Alert alert) {
  note_handshake(worker, Handshake::failed, {});
  if (alert != tls::Alert::none) {
    worker.wire.write(tls::format_alert(alert));
    worker.wire.flush();
  }
  return End::handshake_failed;
}

std::optional<End> Connection::shake_hands(Worker& worker) {
  Wire& wire = worker.wire;
  if (!ssl_) {
    ssl_ = wire.start_tls(worker.context, worker.responder->selector());
    if (!ssl_) return End::failed;
  }
  const std::optional<Handshake> result = wire.handshake();
  if (!result) return {};
  if (*result == Handshake::done) {
    phase_ = Phase::open;
    ++progress_;
    worker.counters->count(*result);
    return {};
  }
  note_handshake(worker, *result, tls::server_name(ssl_.get()));
  return wire.wants_more() ? End::handshake_failed : End::peer_broke_off;
}

/// Reads requests and answers them in their order, until the client has no
/// more for now or the connection is to end.
std::optional<End> Connection::converse(Worker& worker, bool peer_has_ended) {
  if (blocked_) {
    blocked_ = false;
    take(worker, {});
    if (!write_answers(worker)) return End::failed;
  }
  Wire& wire = worker.wire;
  while (!ending_ && !blocked_) {
    std::string_view chunk;
    const Input input = wire.read(worker.plain, chunk);
    if (input == Input::octets) {
      take(worker, chunk);
      if (!write_answers(worker)) return End::failed;
      continue;
    }
    if (input == Input::nothing_yet) break;
    if (input == Input::failure) return End::peer_broke_off;
    const bool between = head_.empty();
    ending_ = between ? End::peer_closed : End::peer_broke_off;
    // Answer its close_notify (RFC 8446, 6.1). A FIN without one is common
    // and, with complete messages, harmless (RFC 9112, 9.8). To a client
    // that has sent both and is owed nothing it would be lost effort: its
    // system answers with a reset, and a system call is saved.
    const bool is_gone =
        between && peer_has_ended && !wire.has_ended() && wire.unsent().empty();
    if (!is_gone) wire.send_close_notify();
  }
  return ending();
}

/// Adds `chunk` to what has come and answers every request that is whole.
void Connection::take(Worker& worker, std::string_view chunk) {
  const bool stored = !head_.empty();
  if (!stored && answered_ > 0) asked_ = std::chrono::steady_clock::now();
  if (stored && !chunk.empty()) append(head_, chunk);
  std::string_view rest = stored ? std::string_view(head_) : chunk;
  while (rest_ || (!rest.empty() && !ending_)) {
    if (worker.answers.size() + worker.wire.unsent().size() >
        k_max_unsent_octets) {
      blocked_ = true;
      break;
    }
    if (rest_) {
      ++progress_;  // its reader has taken what came before
      if (!rest_->write_some(worker.answers)) rest_.reset();
      continue;
    }
    const http::HeadScan scan =
        http::scan_head(rest, scanned_, worker.limits.head_octets);
    if (scan.status != 0) {
      refuse(worker, scan.status, rest);
      break;
    }
    scanned_ = static_cast<std::uint32_t>(scan.scanned);
    if (scan.size == 0) break;
    answer(worker, rest.substr(0, scan.size));
    rest.remove_prefix(scan.size);
    scanned_ = 0;
  }
  // Whatever follows the last answer is not ours to read; see RFC 9112, 9.6.
  if (ending_ && !linger_) {
    linger_ = *ending_ == End::bad_request || !rest.empty();
  }
  if (ending_ || rest.empty()) {
    std::string().swap(head_);
  } else if (rest.size() != head_.size()) {
    head_ = std::string(rest);  // no larger than it has to be
  }
}

void Connection::answer(Worker& worker, std::string_view octets) {
  const http::ParsedHead parsed = http::parse_head(octets);
  Counters::add(worker.counters->requests);
  ++answered_;
  ++progress_;
  if (parsed.status != 0) return refuse(worker, parsed.status, octets);
  const bool keep = parsed.head.keep_alive && !worker.draining &&
                    answered_ < worker.limits.requests_per_connection;
  Request request{.head = parsed.head, .octets = octets, .sni = {}};
  if (ssl_) request.sni = tls::server_name(ssl_.get());
  Answer answer = worker.responder->answer(
      request, keep ? AfterAnswer::keep_open : AfterAnswer::close,
      worker.answers);
  count(worker, answer.status);
  if (answer.status == k_misdirected && worker.misfits != nullptr) {
    worker.misfits->note_misdirected(request.head, request.sni);
  }
  rest_ = std::move(answer.rest);
  if (!keep) ending_ = End::answered;
  linger_ = linger_ || parsed.head.has_body;
}

void Connection::refuse(Worker& worker, int status, std::string_view octets) {
  worker.responder->refuse(status, octets, worker.answers);
  count(worker, status);
  ending_ = End::bad_request;
  if (!ssl_ && worker.misfits != nullptr) {
    worker.misfits->note_opening(octets, net::Scheme::http);
  }
}

void Connection::count(Worker& worker, int status) {
  const Time now = std::chrono::steady_clock::now();
  worker.counters->count_answer(status);
  worker.counters->count_duration(
      std::chrono::duration_cast<std::chrono::microseconds>(now - asked_));
  asked_ = now;  // a pipelined request has come already
}

/// Hands the answers over to the wire.
bool Connection::write_answers(Worker& worker) {
  const bool is_written = worker.wire.write(worker.answers);
  worker.answers.clear();
  // close_notify goes out in the same segment as the answer; nothing is
  // waited for (RFC 8446, 6.1).
  if (is_written && ending()) worker.wire.send_close_notify();
  return is_written;
}

/// Ends a turn: sends what was written, keeps what the socket did not take and
/// what was not decrypted yet. `end` is put off until all is sent.
std::optional<End> Connection::settle(Worker& worker, std::optional<End> end) {
  Wire& wire = worker.wire;
  if (!wire.flush()) return End::peer_broke_off;
  if (!wire.unsent().empty()) {
    // Not yet while rest_ is there: what ending_ says still holds then.
    if (end) ending_ = end;
    unsent_ = wire.unsent();
    unread_ = wire.unread();
    return {};
  }
  if (end && !wire.unread().empty()) linger_ = true;
  if (!end) unread_ = wire.unread();
  return end;
}

void Connection::start_lingering() {
  phase_ = Phase::linger;
  ssl_.reset();
  ::shutdown(fd_, SHUT_WR);
}

void Connection::say_goodbye(Worker& worker) {
  if (phase_ != Phase::open || !ssl_ || !unsent_.empty()) return;
  worker.wire.begin(fd_, ssl_.get());
  worker.wire.send_close_notify();
  worker.wire.flush();
}

std::optional<End> Connection::discard(Worker& worker) {
  Wire& wire = worker.wire;
  std::string_view octets;
  const Input input = wire.read(worker.plain, octets);
  discarded_ += static_cast<std::uint32_t>(octets.size());
  if (discarded_ > k_max_discarded_octets) return End::bad_request;
  if (input == Input::octets || input == Input::nothing_yet) return {};
  return End::bad_request;
}

}  // namespace mtasts::server
