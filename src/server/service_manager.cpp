// SPDX-License-Identifier: MIT
#include "server/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace mtasts::server {
namespace {

/// One datagram. That it can't be sent is no reason to stop serving.
void send_datagram(const std::string& path, const std::string& text) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return;
  path.copy(address.sun_path, path.size());
  // An abstract name begins with a null octet, and has none at its end.
  if (path.front() == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  ::sendto(
      fd, text.data(), text.size(), MSG_NOSIGNAL,
      reinterpret_cast<const sockaddr*>(&address),
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size()));
  ::close(fd);
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

ServiceManager::ServiceManager() {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path != nullptr) socket_ = path;
}

void ServiceManager::tell(std::string state) {
  if (socket_.empty() || state == said_) return;
  send_datagram(socket_, state);
  said_ = std::move(state);
}

void ServiceManager::tell_serving(std::size_t domains,
                                  const Diagnostics& faults) {
  tell("READY=1\nSTATUS=" + describe(domains, faults));
}

void ServiceManager::tell_reloading() {
  // systemd.service(5), Type=notify-reload, wants to know since when.
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=Reloading",
                   since.count()));
}

void ServiceManager::tell_stopping() { tell("STOPPING=1\nSTATUS=Stopping"); }

}  // namespace mtasts::server
