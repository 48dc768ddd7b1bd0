// SPDX-License-Identifier: MIT
#include "server/signals.hpp"

#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace mtasts::server {

Result<Signals> Signals::open() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
    sigaddset(&wanted, number);
  }
  ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  const int fd = ::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) {
    return fail(
        fmt::format("signalfd: {}", std::generic_category().message(errno)));
  }
  return Signals(fd);
}

Signals::Signals(Signals&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

Signals::~Signals() {
  if (fd_ >= 0) ::close(fd_);
}

Signal Signals::take() {
  signalfd_siginfo info{};
  if (::read(fd_, &info, sizeof info) != sizeof info) return Signal::none;
  return info.ssi_signo == SIGHUP ? Signal::reload : Signal::stop;
}

}  // namespace mtasts::server
