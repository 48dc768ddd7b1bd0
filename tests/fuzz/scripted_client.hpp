// SPDX-License-Identifier: MIT
// A client of scripted_kernel, honest or not, that remembers what it asked and
// what it was answered.
#pragma once

#include <string>
#include <string_view>

#include "scripted_kernel.hpp"
#include "tls/context.hpp"

namespace mtasts::fuzz {

/// What a client speaks; garbage goes to the listener that wants TLS.
enum class Speech { http, https, garbage };

class Client {
 public:
  /// Of a socket by its place in the kernel. With TLS it asks for `name`.
  Client(std::size_t socket, Speech speech, const char* name);

  Socket& socket() { return kernel().sockets[socket_]; }
  bool is_tls() const { return ssl_ != nullptr; }

  void ask(std::string_view octets);
  /// Octets that are no TLS, in the middle of it.
  void send_garbage(std::string_view octets);
  /// The end of its TLS, and then of its socket.
  void end();

  /// Reads what has come, and sends what it can.
  void turn();

  /// An answer for each head, in order, and nothing else; the last may be cut.
  void check() const;

 private:
  void converse();

  std::size_t socket_;
  Speech speech_;
  std::string name_;
  tls::SslPtr ssl_;
  std::string to_send_;
  std::string asked_;
  std::string answers_;
};

}  // namespace mtasts::fuzz
