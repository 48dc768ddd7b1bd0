// SPDX-License-Identifier: MIT
// The part of a connection that is before HTTP: ClientHello and handshake.
#include <memory>
#include <string>
#include <utility>

#include "log.hpp"
#include "server/connection.hpp"

namespace mtasts::server {

/// No SSL object, which weighs 9 kB at once and 40 kB with its first octet,
/// before the client has sent a whole ClientHello. It is read as it comes, for
/// the kernel's word on whether enough of it is there can't be relied on.
void Connection::read_hello() {
  using Progress = tls::HelloReader::State;
  Wire& wire = worker_.wire;
  const bool is_first = !hello_;
  tls::HelloReader at_once;  // most come in one piece
  tls::HelloReader& hello = is_first ? at_once : *hello_;
  auto input = Input::octets;
  std::string_view come;
  std::string_view rest;
  while (hello.state() == Progress::incomplete) {
    input = wire.read(worker_.plain, come);
    if (input != Input::octets) break;
    rest = come.substr(hello.take(come));
  }
  if (hello.state() == Progress::refused) {
    if (is_first && worker_.misfits != nullptr) {
      worker_.misfits->note_opening(come, net::Scheme::https);
    }
    return reject_hello(hello.alert());
  }
  if (hello.state() == Progress::whole) {
    is_challenge_ = worker_.challenges != nullptr &&
                    hello.offers_only(tls::k_acme_protocol);
    // OpenSSL gets it as one record, however it came.
    wire.put_back(hello.as_record() += rest);
    hello_.reset();
    state_ = State::handshake;
    ++progress_;
    return;
  }
  if (is_first && wire.has_moved()) {
    hello_ = std::make_unique<tls::HelloReader>(std::move(at_once));
  }
  if (input == Input::nothing_yet) return;
  end(hello_ || input == Input::failure ? End::peer_broke_off
                                        : End::peer_closed);
}

void Connection::reject_hello(tls::Alert alert) {
  note_handshake(Handshake::failed, {});
  if (alert != tls::Alert::none) {
    worker_.wire.write(tls::format_alert(alert));
    worker_.wire.flush();
  }
  end(End::handshake_failed);
}

void Connection::handshake() {
  Wire& wire = worker_.wire;
  if (!ssl_) {
    ssl_ = is_challenge_
               ? wire.start_tls(worker_.challenges->context.get(),
                                worker_.challenges)
               : wire.start_tls(worker_.context, worker_.responder->selector());
    if (!ssl_) {
      ending_ = Ending{End::failed};
      return;
    }
  }
  const std::optional<Handshake> result = wire.handshake();
  if (!result) return;
  if (is_challenge_) return end_challenge(*result);
  if (*result == Handshake::done) {
    state_ = State::open;
    ++progress_;
    worker_.counters.count(*result);
    return;
  }
  note_handshake(*result, tls::server_name(ssl_.get()));
  ending_ =
      Ending{wire.wants_more() ? End::handshake_failed : End::peer_broke_off};
}

/// RFC 8737, 3: the handshake is all there is to it. No request is read.
void Connection::end_challenge(Handshake result) {
  const bool is_shown = result == Handshake::done;
  if (is_shown) {
    result = Handshake::challenge;
    worker_.wire.send_close_notify();
  } else if (result == Handshake::unknown_name ||
             result == Handshake::no_name) {
    result = Handshake::no_challenge;
  }
  note_handshake(result, tls::server_name(ssl_.get()));
  const End otherwise =
      worker_.wire.wants_more() ? End::handshake_failed : End::peer_broke_off;
  ending_ = Ending{is_shown ? End::challenge : otherwise};
}

void Connection::note_handshake(Handshake result, std::string_view host) {
  worker_.counters.count(result);
  if (worker_.misfits != nullptr) worker_.misfits->note_handshake(result, host);
  if (!worker_.responder->may_log()) return;
  log::debug("handshake",
             {{"result", k_handshake_names[static_cast<std::size_t>(result)]},
              {"host", host}});
}

}  // namespace mtasts::server
