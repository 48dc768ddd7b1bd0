// SPDX-License-Identifier: MIT
// The way between a socket and its connection, with TLS or without. Reads are
// large and writes are gathered, in buffers that all connections of one thread
// share: so a fetch takes few system calls, and an idle connection holds no
// buffer at all.
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/counters.hpp"
#include "tls/context.hpp"

namespace mtasts::server {

/// What came of an attempt to read.
enum class Input {
  octets,
  nothing_yet,
  end,     // a close_notify, or a FIN
  failure  // a reset, or what is no record of this session
};

/// The traffic of the one connection that a thread is busy with. begin() it
/// for a socket, read and write, then flush() and keep what is left over.
class Wire {
 public:
  /// `tls`: the session of `fd`; null before its handshake, and without TLS.
  void begin(int fd, SSL* tls);
  /// What was taken from this socket and not used, in this turn or before. It
  /// has to fit, beside what is unread now.
  void put_back(std::string_view octets);

  /// Makes the session. `chooser` is what its context takes the certificate
  /// from, a tls::Selector or tls::Challenges. Null when memory is short.
  tls::SslPtr start_tls(SSL_CTX* context, void* chooser);
  /// Goes on with the handshake. Nothing while it waits for the client.
  std::optional<Handshake> handshake();

  /// Reads into `room`; `octets` are the part of it that was filled.
  Input read(std::span<char> room, std::string_view& octets);
  /// For flush() to send. False when memory is short.
  bool write(std::string_view octets);
  /// Tells the client that nothing follows (RFC 8446, 6.1), if it speaks TLS.
  void send_close_notify();

  /// Sends all that was written. False when the socket broke; what it did not
  /// take stays in unsent().
  bool flush();
  std::string& unsent() { return output_; }

  /// What came from the socket and nobody has read yet.
  std::string_view unread() const { return {input_.data() + read_, left_}; }

  /// True once an octet was received or sent in this turn.
  bool has_moved() const { return moved_; }
  /// The client has sent its FIN.
  bool has_ended() const { return ended_; }
  bool wants_more() const { return !ended_ && !broken_; }

  // For the session: as it is on the socket.
  int read_raw(char* out, std::size_t size);
  void write_raw(std::string_view octets) { output_ += octets; }

 private:
  bool fill();

  int fd_ = -1;
  SSL* tls_ = nullptr;
  // The buffer once for each turn, however much there is: records that OpenSSL
  // answers by itself (KeyUpdate, renegotiation) could else go on for ever.
  bool filled_ = false;
  bool moved_ = false;
  bool ended_ = false;
  bool broken_ = false;
  std::size_t read_ = 0;
  std::size_t left_ = 0;
  // Twice of what is read at a time: something may have been put back.
  std::array<char, 16 * 1024> input_;
  std::string output_;
};

}  // namespace mtasts::server
