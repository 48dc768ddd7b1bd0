// SPDX-License-Identifier: MIT
// System calls by the man pages of Linux; what the event loop does not ask for
// is not here. Each states what a call must never be given.
#include "scripted_kernel.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "counted_memory.hpp"
#include "target.hpp"

namespace mtasts::fuzz {
namespace {

Kernel g_kernel;

bool is_scripted(int fd) { return fd >= k_epoll; }

Socket& socket_of(int fd) {
  const auto at = static_cast<std::size_t>(fd - k_first_socket);
  require(fd >= k_first_socket && at < kernel().sockets.size(),
          "a descriptor that is a socket");
  Socket& socket = kernel().sockets[at];
  require(socket.is_accepted && !socket.is_closed,
          "no call for a socket that is closed");
  return socket;
}

Watched& watched_of(int fd) {
  if (fd == k_event) return kernel().event;
  if (fd == k_listener || fd == k_listener + 1) {
    return kernel().listeners[fd - k_listener];
  }
  return socket_of(fd).watched;
}

int fail_with(int error) {
  errno = error;
  return -1;
}

// The program ends a connection before the kernel has called it ready for
// nothing so many times in a row.
constexpr int k_most_idle_turns = 20;

std::uint32_t state_of(const Socket& one) {
  std::uint32_t state = one.mistakes > 0 ? one.mistaken_for : 0;
  if (!one.inbound.empty()) state |= EPOLLIN;
  if (one.has_ended) state |= EPOLLIN | EPOLLRDHUP;
  if (one.is_reset) state |= EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP;
  if (one.has_ended && one.is_shut) state |= EPOLLHUP;
  if (one.room > 0 || one.is_reset) state |= EPOLLOUT;
  return state;
}

void add_event(const Watched& watched, std::uint32_t state,
               std::vector<epoll_event>& events) {
  if (watched.interest == 0) return;
  const std::uint32_t ready = state & (watched.interest | EPOLLERR | EPOLLHUP);
  if (ready == 0) return;
  epoll_event& event = events.emplace_back();
  event.events = ready;
  event.data.ptr = watched.data;
}

std::vector<epoll_event> find_events() {
  Kernel& k = kernel();
  std::vector<epoll_event> events;
  require((k.event.interest & EPOLLET) != 0, "a wake-up is told once");
  add_event(k.event, std::exchange(k.is_woken, false) ? EPOLLIN : 0U, events);
  for (std::size_t i = 0; i < 2; ++i) {
    add_event(k.listeners[i], k.backlog[i].empty() ? 0U : EPOLLIN, events);
  }
  for (Socket& one : k.sockets) {
    if (!one.is_accepted || one.is_closed) continue;
    const std::size_t before = events.size();
    add_event(one.watched, state_of(one), events);
    if (events.size() == before) continue;
    if (one.mistakes > 0) --one.mistakes;
    require(++one.idle_turns <= k_most_idle_turns,
            "no turn for nothing, again and again");
  }
  return events;
}

int hand_out(const std::vector<epoll_event>& found, epoll_event* out,
             int most) {
  const std::size_t count =
      std::min(found.size(), static_cast<std::size_t>(most));
  std::copy_n(found.begin(), count, out);
  // To be told of a wake-up is to get further: it is told once.
  kernel().has_moved = found.front().data.ptr == nullptr;
  return static_cast<int>(count);
}

void check_interest() {
  for (const Socket& one : kernel().sockets) {
    if (!one.is_accepted || one.is_closed) continue;
    require(one.watched.interest != 0, "what is open is watched");
    require(!one.is_owed || (one.watched.interest & EPOLLOUT) != 0,
            "what could not be sent waits for room");
  }
}

int wait(epoll_event* out, int most, int timeout) {
  Kernel& k = kernel();
  k.idle_turns = k.has_moved ? 0 : k.idle_turns + 1;
  require(k.idle_turns < 3 + k_most_idle_turns, "the loop does not spin");
  check_interest();
  k.rest();
  const Time until = k.now + std::chrono::milliseconds(timeout);
  while (k.step()) {
    if (k.is_interrupted) {
      k.is_interrupted = false;
      k.has_moved = true;
      return fail_with(EINTR);
    }
    const std::vector<epoll_event> events = find_events();
    if (!events.empty()) return hand_out(events, out, most);
    if (timeout >= 0 && k.now >= until) break;
  }
  const std::vector<epoll_event> events = find_events();
  if (!events.empty()) return hand_out(events, out, most);
  require(timeout >= 0, "never waits for ever for what does not come");
  k.now = std::max(k.now, until);
  k.has_moved = true;
  return 0;
}

}  // namespace

Kernel& kernel() { return g_kernel; }

Kernel& restart_kernel() {
  g_kernel = Kernel();
  return g_kernel;
}

sockaddr_in address_of(std::uint32_t client) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(client);
  return address;
}

std::size_t Kernel::connect(std::size_t listener, Socket socket) {
  backlog[listener].push_back(k_first_socket +
                              static_cast<int>(sockets.size()));
  sockets.push_back(std::move(socket));
  return sockets.size() - 1;
}

}  // namespace mtasts::fuzz

using namespace mtasts::fuzz;

extern "C" {

int __real_close(int fd);
ssize_t __real_write(int fd, const void* octets, std::size_t size);

/// std::chrono::steady_clock::now(): a time_point is its one number.
std::int64_t __wrap__ZNSt6chrono3_V212steady_clock3nowEv() {
  return kernel().now.time_since_epoch().count();
}

int __wrap_epoll_create1(int) { return k_epoll; }
int __wrap_eventfd(unsigned, int) { return k_event; }

int __wrap_epoll_ctl(int, int command, int fd, epoll_event* event) {
  kernel().has_moved = true;
  Watched& watched = watched_of(fd);
  require((command == EPOLL_CTL_ADD) == (watched.interest == 0),
          "what is watched is not added again, and nothing else changes");
  if (command == EPOLL_CTL_ADD && fd >= k_first_socket &&
      kernel().watch_error != 0) {
    return fail_with(std::exchange(kernel().watch_error, 0));
  }
  watched = command == EPOLL_CTL_DEL ? Watched{}
                                     : Watched{event->events, event->data.ptr};
  return 0;
}

int __wrap_epoll_wait(int, epoll_event* out, int most, int timeout) {
  return wait(out, most, timeout);
}

int __wrap_accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  Kernel& k = kernel();
  require(flags == (SOCK_NONBLOCK | SOCK_CLOEXEC), "never blocks");
  std::vector<int>& backlog = k.backlog[fd - k_listener];
  k.has_moved = true;
  if (k.accept_error != 0) return fail_with(std::exchange(k.accept_error, 0));
  if (backlog.empty()) return fail_with(EAGAIN);
  const int accepted = backlog.front();
  backlog.erase(backlog.begin());
  Socket& socket =
      k.sockets[static_cast<std::size_t>(accepted - k_first_socket)];
  socket.is_accepted = true;
  socket.accepted = k.now;
  const sockaddr_in client = address_of(socket.address);
  require(*size >= sizeof client, "room for an address");
  std::memcpy(address, &client, sizeof client);
  *size = sizeof client;
  return accepted;
}

ssize_t __wrap_recv(int fd, void* out, std::size_t size, int flags) {
  Socket& socket = socket_of(fd);
  require(flags == 0, "what is read is taken");
  if (socket.is_reset) {
    kernel().has_moved = true;
    return fail_with(ECONNRESET);
  }
  const std::size_t count =
      std::min({size, socket.inbound.size(), socket.most_at_once});
  if (count == 0 && !socket.has_ended) return fail_with(EAGAIN);
  std::memcpy(out, socket.inbound.data(), count);
  socket.inbound.erase(0, count);
  socket.taken += count;
  socket.idle_turns = 0;
  kernel().has_moved = true;
  return static_cast<ssize_t>(count);
}

ssize_t __wrap_send(int fd, const void* octets, std::size_t size, int flags) {
  Socket& socket = socket_of(fd);
  require((flags & MSG_NOSIGNAL) != 0, "no signal for a client that is gone");
  require(!socket.is_shut, "nothing is sent behind a FIN");
  kernel().has_moved = true;
  if (socket.is_reset) return fail_with(EPIPE);
  if (socket.send_error != 0) {
    return fail_with(std::exchange(socket.send_error, 0));
  }
  const std::size_t count = std::min({size, socket.room, socket.most_at_once});
  socket.is_owed = count == 0;
  if (count == 0) return fail_with(EAGAIN);
  socket.idle_turns = 0;
  const bool was_counting = count_memory(false);
  socket.outbound.append(static_cast<const char*>(octets), count);
  count_memory(was_counting);
  socket.room -= count;
  return static_cast<ssize_t>(count);
}

int __wrap_shutdown(int fd, int) {
  socket_of(fd).is_shut = true;
  return 0;
}

int __wrap_setsockopt(int fd, int, int, const void*, socklen_t) {
  if (fd >= k_first_socket) static_cast<void>(socket_of(fd));
  return 0;
}

int __wrap_close(int fd) {
  if (!is_scripted(fd)) return __real_close(fd);
  if (fd < k_first_socket) return 0;
  Socket& socket = socket_of(fd);
  socket.is_closed = true;
  kernel().has_moved = true;
  return 0;
}

ssize_t __wrap_write(int fd, const void* octets, std::size_t size) {
  if (!is_scripted(fd)) return __real_write(fd, octets, size);
  kernel().is_woken = true;
  return static_cast<ssize_t>(size);
}

}  // extern "C"
