// SPDX-License-Identifier: MIT
// Clients that stay, and do nothing or next to nothing.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "client.hpp"

namespace bench {
namespace {

using std::chrono::milliseconds;

struct Held {
  int fd;
  SslPtr ssl;
  std::size_t sent = 0;
  bool alive = true;
};

std::string make_hello(SSL_CTX* context, const std::string& name) {
  const SslPtr ssl = make_ssl(context, name);
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_do_handshake(ssl.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &data);
  return {data, static_cast<std::size_t>(size)};
}

/// A client that is to be held; null when it was not let in.
std::unique_ptr<Held> open_held(SSL_CTX* context, const Options& options) {
  auto held = std::make_unique<Held>();
  held->fd = start_connecting(options.number("--port"), 0);
  const std::string& kind = options.text("--kind");
  if (kind == "idle" || kind == "head") {
    held->ssl = make_ssl(context, options.text("--name"));
    SSL_set_fd(held->ssl.get(), held->fd);
    if (SSL_do_handshake(held->ssl.get()) != 1) {
      ::close(held->fd);
      return nullptr;
    }
  }
  ::fcntl(held->fd, F_SETFL, O_NONBLOCK);
  return held;
}

void drip(Held& held, const std::string& octets) {
  if (!held.alive || held.sent == octets.size()) return;
  const char* next = octets.data() + held.sent;
  const bool sent = held.ssl ? SSL_write(held.ssl.get(), next, 1) == 1
                             : ::send(held.fd, next, 1, MSG_NOSIGNAL) == 1;
  if (sent) ++held.sent;
}

}  // namespace

int run_hold(const Options& options) {
  const ContextPtr context = make_context(options);
  const std::string& kind = options.text("--kind");
  const auto count = static_cast<std::size_t>(options.number("--count"));
  std::string octets;  // to drip
  if (kind == "hello") {
    octets = make_hello(context.get(), options.text("--name"));
  } else if (kind == "head") {
    octets = make_request(options, options.text("--name"));
  }
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  event.events = EPOLLRDHUP | EPOLLET;
  std::vector<std::unique_ptr<Held>> all;
  std::size_t refused = 0;
  while (all.size() + refused < count) {
    std::unique_ptr<Held> held = open_held(context.get(), options);
    if (!held) {
      ++refused;
      continue;
    }
    drip(*held, octets);
    event.data.ptr = held.get();
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, held->fd, &event);
    all.push_back(std::move(held));
  }
  std::printf("{\"held\": %zu}\n", all.size());
  std::fflush(stdout);

  const Clock::duration period = milliseconds(options.number("--drip-ms"));
  const auto step = period / std::max<long>(static_cast<long>(all.size()), 1);
  Clock::time_point due = Clock::now();
  std::size_t next = 0;
  for (bool more = true; more;) {
    int wait = -1;
    if (!octets.empty() && !all.empty()) {
      for (; Clock::now() >= due; due += step) {
        drip(*all[next], octets);
        next = (next + 1) % all.size();
      }
      wait = 1;
    }
    std::array<epoll_event, 256> events;
    const int ready = ::epoll_wait(epoll, events.data(),
                                   static_cast<int>(events.size()), wait);
    for (int i = 0; i < ready; ++i) {
      auto* held =
          static_cast<Held*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (held == nullptr) {
        more = false;
      } else {
        held->alive = false;  // the server has closed it
      }
    }
  }
  const auto alive = std::count_if(all.begin(), all.end(),
                                   [](const auto& one) { return one->alive; });
  std::printf("{\"held\": %zu, \"alive\": %td}\n", all.size(), alive);
  ::close(epoll);
  return 0;  // the kernel closes the sockets
}

}  // namespace bench
