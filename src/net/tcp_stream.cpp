// SPDX-License-Identifier: MIT
#include "net/tcp_stream.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "net/socket_address.hpp"
#include "text/ascii.hpp"

namespace mtasts::net {

/// Makes streams, which nobody else can.
struct Connector {
  static std::unique_ptr<TcpStream> make(int fd, Deadline deadline) {
    return std::unique_ptr<TcpStream>(new TcpStream(fd, deadline));
  }
};

namespace {

/// `error` is what connect(2) said at once: then it came from this machine, and
/// no way is no way from here.
Connected fail_here(int error) {
  const bool has_no_way = error == ENETUNREACH || error == EHOSTUNREACH ||
                          error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
  return {.reach = has_no_way              ? Reach::no_route
                   : error == ECONNREFUSED ? Reach::refused
                                           : Reach::failed,
          .reason = format_errno(error)};
}

/// What came later, from the peer or from a router.
Connected fail_there(int error) {
  return {.reach = error == ECONNREFUSED ? Reach::refused
                   : error == ETIMEDOUT  ? Reach::timed_out
                                         : Reach::failed,
          .reason = format_errno(error)};
}

/// Sends nothing: UDP only chooses a way.
bool has_route(const char* address) {
  const SocketAddress target = make_socket_address({address, 53});
  const int fd = ::socket(target.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bool has = ::connect(fd, target.data(), target.size) == 0;
  ::close(fd);
  return has;
}

}  // namespace

std::string format_endpoint(const Endpoint& endpoint) {
  const bool is_ipv6 = text::has(endpoint.address, ':');
  return is_ipv6 ? fmt::format("[{}]:{}", endpoint.address, endpoint.port)
                 : fmt::format("{}:{}", endpoint.address, endpoint.port);
}

TcpStream::~TcpStream() { ::close(fd_); }

Result<std::size_t> TcpStream::read(std::span<char> into) {
  // A peer that never stops is always readable, at the deadline, too.
  while (std::chrono::steady_clock::now() < deadline_ &&
         wait_for(fd_, POLLIN, deadline_)) {
    const ssize_t got = ::recv(fd_, into.data(), into.size(), 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EAGAIN && errno != EINTR) return fail(format_errno(errno));
  }
  return fail("nothing came in time");
}

Result<void> TcpStream::write(std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t sent =
        ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      octets.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait_for(fd_, POLLOUT, deadline_)) {
        return fail("it took nothing in time");
      }
    } else if (errno != EINTR) {
      return fail(format_errno(errno));
    }
  }
  return {};
}

bool TcpStream::is_readable() const {
  pollfd ready{fd_, POLLIN, 0};
  return ::poll(&ready, 1, 0) > 0;
}

Connected connect(const Endpoint& endpoint, Deadline connect_until,
                  Deadline deadline) {
  const SocketAddress address = make_socket_address(endpoint);
  if (address.size == 0) {
    return {.reach = Reach::no_route, .reason = "no numeric address"};
  }
  const int fd =
      ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail_here(errno);
  auto stream = Connector::make(fd, deadline);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, address.data(), address.size) < 0) {
    if (errno != EINPROGRESS) return fail_here(errno);
    if (!wait_for(fd, POLLOUT, std::min(connect_until, deadline))) {
      return {.reach = Reach::timed_out, .reason = format_errno(ETIMEDOUT)};
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail_there(error);
  }
  return {.reach = Reach::reached, .stream = std::move(stream)};
}

bool wait_for(int fd, short events, Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    const auto time =
        std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 1'000'000);
    pollfd ready{fd, events, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(time));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
    if (count == 0 && std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
  }
}

// Two of the root servers: they will not move into a private network.
bool has_ipv4_route() { return has_route("198.41.0.4"); }
bool has_ipv6_route() { return has_route("2001:503:ba3e::2:30"); }

}  // namespace mtasts::net
