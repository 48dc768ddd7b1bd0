// SPDX-License-Identifier: MIT
#include "process/signals.hpp"

#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <utility>

namespace mtasts::process {
namespace {

sigset_t make_set(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  return set;
}

}  // namespace

Result<Signals> Signals::open() {
  // What can't be written, to a peer or to the log, is lost and no more.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // Other servers open their logs anew at these, or start a successor: a habit
  // must not end this one.
  std::signal(SIGUSR1, SIG_IGN);
  std::signal(SIGUSR2, SIG_IGN);
  const sigset_t wanted = make_set({SIGHUP, SIGINT, SIGTERM});
  ::pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  files::Descriptor file(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
  if (file.fd() < 0) {
    return fail(fmt::format("signalfd: {}", format_errno(errno)));
  }
  return Signals(std::move(file));
}

Signal Signals::take() {
  signalfd_siginfo info{};
  if (::read(file_.fd(), &info, sizeof info) != sizeof info)
    return Signal::none;
  return info.ssi_signo == SIGHUP ? Signal::reload : Signal::stop;
}

// The default action would not do: process 1 of a container has none.
StopAtOnce::StopAtOnce() {
  for (const int number : {SIGINT, SIGTERM}) {
    std::signal(number, [](int) { ::_exit(0); });
  }
  const sigset_t stops = make_set({SIGINT, SIGTERM});
  ::pthread_sigmask(SIG_UNBLOCK, &stops, nullptr);
}

StopAtOnce::~StopAtOnce() {
  const sigset_t stops = make_set({SIGINT, SIGTERM});
  ::pthread_sigmask(SIG_BLOCK, &stops, nullptr);
}

}  // namespace mtasts::process
