// SPDX-License-Identifier: MIT
// The kernel as an event loop sees it: sockets, epoll and the clock, moved by
// a script and not by clients and time. The linker leads the calls of the
// program here (--wrap, see CMakeLists.txt), so that the loop is the real one,
// every run is the same again, and ten seconds take no time.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace mtasts::fuzz {

using Time = std::chrono::steady_clock::time_point;

// Far from any descriptor that is real.
inline constexpr int k_epoll = 1 << 20;
inline constexpr int k_event = k_epoll + 1;
inline constexpr int k_listener = k_epoll + 2;  // and the one behind it
inline constexpr int k_first_socket = k_epoll + 16;

/// What epoll watches.
struct Watched {
  std::uint32_t interest = 0;  // 0: not watched
  void* data = nullptr;
};

/// The server's end of a connection, and what its client has done to it.
struct Socket {
  std::string inbound;    // sent by the client, not read yet
  std::string outbound;   // what the server has sent
  std::size_t room = 0;   // octets that it still may
  std::size_t taken = 0;  // octets that the server has read
  std::uint32_t address = 0;
  bool has_ended = false;  // the client has sent FIN
  bool is_reset = false;   // or a reset
  bool is_tls = false;     // it has come to the listener that wants TLS
  bool is_accepted = false;
  bool is_closed = false;
  bool is_shut = false;  // the server has sent FIN
  bool is_owed = false;  // its last send did not take everything
  std::size_t most_at_once = 1U << 20U;  // octets of one recv() or send()
  // The kernel's mistakes: so many more times it is called ready for these
  // events without being so (at urgent data, when memory is short).
  std::uint32_t mistaken_for = 0;
  int mistakes = 0;
  int send_error = 0;  // of the next send(); 0: none
  int idle_turns = 0;  // in which it was ready and nothing came of it
  Time accepted;
  Watched watched;
};

struct Kernel {
  /// Does the next thing; false when nothing is left to do.
  std::function<bool()> step;
  /// Called whenever the loop has come to rest.
  std::function<void()> rest;

  Time now{std::chrono::seconds(1'000'000)};
  std::deque<Socket> sockets;  // of descriptor k_first_socket and on
  std::vector<int> backlog[2];
  Watched listeners[2];
  Watched event;
  bool is_woken = false;
  int accept_error = 0;         // of the next accept4(); 0: none
  int watch_error = 0;          // of the next epoll_ctl() that adds a socket
  bool is_interrupted = false;  // the next epoll_wait() is

  bool has_moved = true;  // anything, since epoll_wait() has returned
  int idle_turns = 0;

  /// A client connects to a listener. Its place among `sockets`.
  std::size_t connect(std::size_t listener, Socket socket);
};

/// Where the client with this number connects from.
sockaddr_in address_of(std::uint32_t client);

/// The one there is now.
Kernel& kernel();
/// A new one, with nothing in it.
Kernel& restart_kernel();

}  // namespace mtasts::fuzz
