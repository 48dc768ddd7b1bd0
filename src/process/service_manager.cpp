// SPDX-License-Identifier: MIT
#include "process/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace mtasts::process {
namespace {

/// -1 when it can't be reached: that is no reason not to serve.
int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return -1;
  path.copy(address.sun_path, path.size());
  // An abstract name begins with a null octet, and has none at its end.
  if (path.front() == '@') address.sun_path[0] = '\0';
  const int fd =
      ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

std::string read_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string describe(std::size_t domains, const Diagnostics& faults) {
  std::string text = fmt::format("Serving {} policy domain{}", domains,
                                 domains == 1 ? "" : "s");
  if (!faults.empty()) {
    const Diagnostic& first = faults.front();
    text += fmt::format("; the last reload failed: {}: {}",
                        format_place(first.place), first.message);
  }
  // A line is a statement of its own.
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

ServiceManager::ServiceManager()
    : socket_(connect_to(read_environment("NOTIFY_SOCKET"))) {}

void ServiceManager::tell(std::string state) {
  if (socket_.fd() < 0 || state == said_) return;
  // That it can't be sent is no reason to stop serving either, nor to wait for
  // a manager that hangs: it is told at the next turn.
  if (::send(socket_.fd(), state.data(), state.size(), MSG_NOSIGNAL) < 0 &&
      errno == EAGAIN) {
    return;
  }
  said_ = std::move(state);
}

void ServiceManager::tell_serving(std::size_t domains,
                                  const Diagnostics& faults) {
  tell("READY=1\nSTATUS=" + describe(domains, faults));
}

void ServiceManager::tell_collecting(std::size_t tenants) {
  tell(fmt::format("READY=1\nSTATUS=Taking reports for {} tenant{}", tenants,
                   tenants == 1 ? "" : "s"));
}

void ServiceManager::tell_reloading() {
  // systemd.service(5), Type=notify-reload, wants to know since when.
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=Reloading",
                   since.count()));
}

void ServiceManager::tell_stopping() { tell("STOPPING=1\nSTATUS=Stopping"); }

}  // namespace mtasts::process
