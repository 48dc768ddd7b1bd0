// SPDX-License-Identifier: MIT
#include "net/listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>

namespace mtasts::net {
namespace {

// Bursts must not wait for the next SYN; the kernel caps it at somaxconn.
constexpr int k_backlog = 4096;
// Clients that connect and say nothing stay in the kernel for about so long.
constexpr int k_defer_accept_seconds = 5;
// sd_listen_fds(3): the first descriptor that is handed over.
constexpr int k_first_inherited = 3;

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

Result<int> open_socket(int family) {
  const int fd =
      ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(format_errno(errno));
  return fd;
}

std::string bind_hint(int error, const ListenAddress& address) {
  if (error == EADDRINUSE) {
    return fmt::format(
        "another program listens there; see: ss -ltnp 'sport = "
        ":{}'",
        address.port);
  }
  if (error == EACCES) {
    return "ports below 1024 need CAP_NET_BIND_SERVICE, a port mapping, or "
           "socket activation";
  }
  return {};
}

int environment_number(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return 0;
  int number = 0;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

/// Both are inherited by the accepted sockets or act before them. Who has not
/// said anything is not accepted yet: a drain would cut it off.
void set_tcp_options(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, k_defer_accept_seconds);
}

/// The address that `fd` is bound to, as parse_listen_address() reads it.
std::string bound_name(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return "?";
  }
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &address, sizeof ipv4);
    ::inet_ntop(AF_INET, &ipv4.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(ipv4.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, &address, sizeof ipv6);
    ::inet_ntop(AF_INET6, &ipv6.sin6_addr, text, sizeof text);
    return fmt::format("[{}]:{}", text, ntohs(ipv6.sin6_port));
  }
  sockaddr_un local{};
  std::memcpy(&local, &address, std::min<std::size_t>(size, sizeof local));
  return fmt::format("unix:{}", local.sun_path);
}

/// Removes a socket that nobody listens on, as a crash leaves one: connecting
/// to it is refused. To a regular file it is too, so what it is comes first.
void remove_left_over(const char* path, const sockaddr_un& address) {
  struct stat now {};
  if (::lstat(path, &now) != 0 || !S_ISSOCK(now.st_mode) ||
      (::geteuid() != 0 && now.st_uid != ::geteuid())) {
    return;
  }
  const Result<int> probe = open_socket(AF_UNIX);
  if (!probe) return;
  if (::connect(*probe, reinterpret_cast<const sockaddr*>(&address),
                sizeof address) != 0 &&
      errno == ECONNREFUSED) {
    ::unlink(path);
  }
  ::close(*probe);
}

std::string bind_unix_hint(int error, const char* path) {
  if (error != EADDRINUSE) return {};
  struct stat now {};
  if (::lstat(path, &now) == 0 && !S_ISSOCK(now.st_mode)) {
    return "a file that is no socket is there; give another path, or remove it";
  }
  return "another program listens there";
}

int option_of(int fd, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

/// As sd_is_socket(3) has it: a stream socket of a family that we know, which
/// listens. accept() on anything else would fail for ever.
bool is_listening_socket(int fd) {
  const int family = option_of(fd, SO_DOMAIN);
  return (family == AF_INET || family == AF_INET6 || family == AF_UNIX) &&
         option_of(fd, SO_TYPE) == SOCK_STREAM &&
         option_of(fd, SO_ACCEPTCONN) == 1;
}

int bind_tcp(int fd, const ListenAddress& address) {
  if (address.host.find(':') == std::string::npos) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(address.port);
    ::inet_pton(AF_INET, address.host.c_str(), &ipv4.sin_addr);
    return ::bind(fd, reinterpret_cast<sockaddr*>(&ipv4), sizeof ipv4);
  }
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(address.port);
  ::inet_pton(AF_INET6, address.host.c_str(), &ipv6.sin6_addr);
  return ::bind(fd, reinterpret_cast<sockaddr*>(&ipv6), sizeof ipv6);
}

}  // namespace

Listeners::Listeners(Listeners&& other) noexcept
    : all_(std::exchange(other.all_, {})),
      names_(std::exchange(other.names_, {})),
      socket_files_(std::exchange(other.socket_files_, {})) {}

Listeners::~Listeners() { close(); }

void Listeners::close() {
  // Files first: as long as we listen, no successor takes our place in one.
  for (const SocketFile& file : socket_files_) {
    struct stat now {};
    if (::lstat(file.path.c_str(), &now) == 0 && now.st_dev == file.device &&
        now.st_ino == file.inode) {
      ::unlink(file.path.c_str());
    }
  }
  for (const Listener& one : all_) ::close(one.fd);
  all_.clear();
  socket_files_.clear();
}

Result<void> Listeners::add_tcp(const ListenAddress& address, bool v6_only) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  const Result<int> opened = open_socket(ipv6 ? AF_INET6 : AF_INET);
  const bool any = address.host == "::";
  if (!opened && any) {
    // A machine or a container without IPv6: the rest of "everywhere" is left,
    // which may have an entry of its own.
    if (v6_only) return {};
    ListenAddress ipv4 = address;
    ipv4.host = "0.0.0.0";
    return add_tcp(ipv4, false);
  }
  if (!opened) return fail(opened.error());
  const int fd = *opened;
  all_.push_back({fd, address.scheme});
  // Not SO_REUSEPORT: a second copy of the program must not start unnoticed.
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (ipv6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, any && !v6_only ? 0 : 1);
  set_tcp_options(fd);
  if (bind_tcp(fd, address) != 0 || ::listen(fd, k_backlog) != 0) {
    const int error = errno;
    return fail(format_errno(error), bind_hint(error, address));
  }
  const bool plain = address.scheme == Scheme::http;
  names_.push_back((plain ? "http://" : "") + bound_name(fd));
  return {};
}

Result<void> Listeners::add_unix(const ListenAddress& listen) {
  const std::string& path = listen.host;
  const Result<int> opened = open_socket(AF_UNIX);
  if (!opened) return fail(opened.error());
  all_.push_back({*opened, listen.scheme});
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  path.copy(local.sun_path, sizeof local.sun_path - 1);
  remove_left_over(path.c_str(), local);
  struct stat made {};
  if (::bind(*opened, reinterpret_cast<const sockaddr*>(&local),
             sizeof local) != 0 ||
      ::listen(*opened, k_backlog) != 0 || ::lstat(path.c_str(), &made) != 0) {
    const int error = errno;
    return fail(format_errno(error), bind_unix_hint(error, path.c_str()));
  }
  socket_files_.push_back({path, made.st_dev, made.st_ino});
  names_.push_back(format_listen_address(listen));
  return {};
}

Result<void> Listeners::add_inherited() {
  const int count = environment_number("LISTEN_PID") == ::getpid()
                        ? environment_number("LISTEN_FDS")
                        : 0;
  if (count <= 0) {
    return fail("no socket was handed over by the service manager",
                "start it from a .socket unit, or with "
                "systemd-socket-activate");
  }
  for (int fd = k_first_inherited; fd < k_first_inherited + count; ++fd) {
    if (!is_listening_socket(fd)) {
      return fail(
          fmt::format("descriptor {} of LISTEN_FDS is no listening stream "
                      "socket",
                      fd),
          "a .socket unit has to have ListenStream= and no Accept=yes");
    }
    if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
        ::fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
      return fail(format_errno(errno));
    }
    set_tcp_options(fd);
    all_.push_back({fd, Scheme::https});
    names_.push_back(bound_name(fd));
  }
  return {};
}

Result<void> Listeners::add(const ListenAddress& address, bool v6_only) {
  switch (address.kind) {
    case ListenAddress::Kind::tcp:
      return add_tcp(address, v6_only);
    case ListenAddress::Kind::unix_path:
      return add_unix(address);
    case ListenAddress::Kind::systemd:
      break;
  }
  return add_inherited();
}

bool is_of_one_client(int error) {
  constexpr int k_errors[] = {
      EAGAIN,      ECONNABORTED, EHOSTDOWN,   EHOSTUNREACH, EINTR, ENETDOWN,
      ENETUNREACH, ENONET,       ENOPROTOOPT, EOPNOTSUPP,   EPROTO};
  return std::find(std::begin(k_errors), std::end(k_errors), error) !=
         std::end(k_errors);
}

Result<Listeners> Listeners::open(const std::vector<ListenAddress>& addresses) {
  Listeners listeners;
  for (const ListenAddress& address : addresses) {
    const bool v6_only =
        std::ranges::any_of(addresses, [&](const ListenAddress& other) {
          return other.takes_ipv4_from(address);
        });
    const Result<void> added = listeners.add(address, v6_only);
    if (!added) {
      return fail(
          fmt::format("can't listen on {}: {}", format_listen_address(address),
                      added.error().message),
          added.error().hint);
    }
  }
  return listeners;
}

}  // namespace mtasts::net
