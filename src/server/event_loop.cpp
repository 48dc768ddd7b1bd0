// SPDX-License-Identifier: MIT
#include "server/event_loop.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "log.hpp"
#include "server/memory_budget.hpp"

namespace mtasts::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Without descriptors or memory, it would fail again at once.
constexpr milliseconds k_accept_pause{100};
// The other loops are about to end connections.
constexpr milliseconds k_busy_pause{1};
// Long enough for a client to see the FIN, too short to be worth attacking.
constexpr milliseconds k_linger_time{1000};
// A client that has connected when the server stops may ask just once more.
constexpr milliseconds k_drain_grace{2000};
constexpr std::chrono::seconds k_say_interval{10};
constexpr std::size_t k_events_per_turn = 256;

constexpr std::uint32_t k_read_events = EPOLLIN | EPOLLRDHUP;
// Nothing but the end of the connection, which can't be turned off, and once.
constexpr std::uint32_t k_no_events = EPOLLET;

/// What the kernel may hold for one client is a part of the budget. An accepted
/// socket has it from its listener; those of a unix socket do not.
void limit_buffers(int fd, int send_octets) {
  const int octets = k_socket_buffer_octets;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_octets, sizeof send_octets);
}

}  // namespace

EventLoop::EventLoop(const Setting& setting)
    : setting_(setting),
      worker_{
          .context = setting.context,
          .limits = setting.limits,
          .misfits = setting.misfits,
          .challenges = setting.challenges,
          .counters = {},
          // Called at once: its counters are made by now.
          .responder =
              [this] { return setting_.make_responder(worker_.counters); }(),
          .wire = {},
          .plain = {},
          .answers = {}},
      number_(setting.admission->join([this] { wake(); })) {}

EventLoop::~EventLoop() {
  if (wake_fd_ >= 0) ::close(wake_fd_);
  if (epoll_ >= 0) ::close(epoll_);
}

Result<void> EventLoop::open() {
  for (const net::Listener& listener : setting_.listeners) {
    limit_buffers(listener.fd, setting_.send_buffer_octets);
  }
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_fd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  // By edge: each write is told once, and nobody has to read its number.
  if (epoll_ < 0 || wake_fd_ < 0 ||
      !watch(EPOLL_CTL_ADD, wake_fd_, EPOLLIN | EPOLLET, nullptr) ||
      !watch_listeners(true)) {
    return fail(
        fmt::format("event loop: {}", std::generic_category().message(errno)));
  }
  return {};
}

bool EventLoop::watch(int command, int fd, std::uint32_t events,
                      void* data) const {
  epoll_event event{.events = events, .data = {.ptr = data}};
  return ::epoll_ctl(epoll_, command, fd, &event) == 0;
}

/// A listener's data is its place in setting_.listeners. False if the kernel
/// has no room for one of them.
bool EventLoop::watch_listeners(bool on) {
  bool is_done = true;
  for (net::Listener& listener : setting_.listeners) {
    // Exclusive: one connection wakes one thread.
    const bool is_set = on ? watch(EPOLL_CTL_ADD, listener.fd,
                                   EPOLLIN | EPOLLEXCLUSIVE, &listener)
                           : watch(EPOLL_CTL_DEL, listener.fd, 0, nullptr);
    is_done = is_done && is_set;
  }
  listening_ = on;
  return is_done;
}

void EventLoop::wake() {
  const std::uint64_t one = 1;
  if (::write(wake_fd_, &one, sizeof one) < 0) return;  // never: no overflow
}

void EventLoop::drain() {
  drain_wanted_.store(true, std::memory_order_release);
  wake();
}

void EventLoop::run() {
  std::array<epoll_event, k_events_per_turn> events;
  const net::Listener* first_listener = setting_.listeners.data();
  const net::Listener* last_listener =
      first_listener + setting_.listeners.size();
  bool is_behind = false;
  for (;;) {
    const int count =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                     is_behind ? 0 : wait_time());
    now_ = steady_clock::now();
    is_behind = worker_.responder->begin_turn();
    if (!worker_.draining && drain_wanted_.load(std::memory_order_acquire)) {
      start_draining();
    }
    receive_messages();
    if (!waiting_.empty()) serve_waiting();
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      const auto* listener = static_cast<const net::Listener*>(event.data.ptr);
      if (listener == nullptr) continue;  // it woke us, and no more
      if (listener >= first_listener && listener < last_listener) {
        int left = setting_.accepts;
        while (left > 0 && accept_from(*listener)) --left;
      } else {
        auto& client = *static_cast<Client*>(event.data.ptr);
        constexpr std::uint32_t k_ended = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
        // One that was evicted earlier in this turn is freed at its end.
        if (client.connection.is_closed()) continue;
        serve(client, (event.events & k_ended) != 0);
      }
    }
    end_expired();
    receive_messages();  // who is evicted by what came of this turn
    std::erase_if(waiting_, [](const Client* client) {
      return client->connection.is_closed();
    });
    closed_.clear();
    if (worker_.draining && live_.empty() && lingering_.empty()) return;
  }
}

void EventLoop::start_draining() {
  // Clients that the kernel has connected already are served too.
  for (const net::Listener& listener : setting_.listeners) {
    constexpr int k_max_backlog = 4096;
    for (int i = 0; i < k_max_backlog && listening_; ++i) {
      if (!accept_from(listener)) break;
    }
  }
  setting_.admission->close(number_);
  receive_messages();
  worker_.draining = true;
  if (listening_) watch_listeners(false);
  for (auto it = live_.begin(); it != live_.end();) {
    Client& client = *it++;
    serve(client, false);  // a request may have come since its last turn
    if (client.connection.is_closed()) continue;
    if (client.connection.is_owed_nothing()) {
      end(client, End::drained);
    } else if (!client.connection.has_asked()) {
      client.deadline = std::min(client.deadline, now_ + k_drain_grace);
    }
  }
  drained_.store(true);
  drained_.notify_all();
}

/// False when there was none.
bool EventLoop::accept_from(const net::Listener& listener) {
  if (setting_.admission->is_busy() && !drain_wanted_.load()) {
    if (listening_) watch_listeners(false);
    accept_again_ = now_ + k_busy_pause;
    return false;
  }
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int fd = ::accept4(listener.fd, reinterpret_cast<sockaddr*>(&address),
                           &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    // Without TLS there is a proxy, whose one address is every client's.
    const bool has_own_address = listener.scheme == net::Scheme::https;
    const Admission::Arrival arrival{
        .fd = fd,
        .scheme = listener.scheme,
        .address = has_own_address ? client_key(address) : std::nullopt};
    if (address.ss_family == AF_UNIX) {
      limit_buffers(fd, setting_.send_buffer_octets);
    }
    if (!setting_.admission->hand_over(number_, arrival)) admit(arrival);
    return true;
  }
  if (!net::is_of_one_client(errno)) pause_accepting();
  return false;
}

void EventLoop::pause_accepting() {
  const int error = errno;
  Counters::add(worker_.counters.accept_failures);
  if (!listening_) return;
  if (pause_said_ == Time() || now_ - pause_said_ >= k_say_interval) {
    pause_said_ = now_;
    log::warning("accept-paused",
                 {{"reason", std::generic_category().message(error)}});
  }
  watch_listeners(false);
  accept_again_ = now_ + k_accept_pause;
}

void EventLoop::admit(const Admission::Arrival& arrival) {
  Counters::add(worker_.counters.accepted);
  End refused = End::evicted;
  Admission::Ticket* ticket =
      setting_.admission->admit(number_, arrival.address, now_, refused);
  if (ticket == nullptr) {
    worker_.counters.count(refused);
    // A reset costs no memory here, unlike the wait after a FIN.
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(arrival.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(arrival.fd);
    return;
  }
  Client& client = live_.emplace_back(worker_, arrival, now_, ticket);
  client.self = std::prev(live_.end());
  ticket->client = &client;
  receive_messages();  // who has made room for it
  // It may have been evicted itself by now, for one that another loop admits.
  if (client.connection.is_closed()) return;
  serve(client, false);  // most clients have sent their hello by now
}

void EventLoop::receive_messages() {
  if (!setting_.admission->has_messages(number_)) return;
  const Admission::Messages messages = setting_.admission->receive(number_);
  for (Client* client : messages.evicted) end(*client, End::evicted);
  for (const Admission::Arrival& arrival : messages.arrivals) admit(arrival);
}

void EventLoop::serve(Client& client, bool peer_has_ended) {
  client.connection.serve(peer_has_ended);
  if (client.connection.is_closed()) return remove(client);
  update(client);
}

/// Those whose answer is there by now.
void EventLoop::serve_waiting() {
  const std::vector<Client*> clients = std::exchange(waiting_, {});
  for (Client* client : clients) client->is_waiting = false;
  for (Client* client : clients) {
    if (client->connection.is_closed()) continue;
    if (client->connection.is_answerable()) {
      serve(*client, false);
    } else {
      update(*client);
    }
  }
}

/// Tells the admission and the kernel what a connection waits for now.
void EventLoop::update(Client& client) {
  const Activity activity = client.connection.activity();
  if (activity != client.noted) {
    if (activity.is_lingering && !client.noted.is_lingering) {
      start_lingering(client);
    }
    client.noted = activity;
    setting_.admission->update(*client.ticket, activity, now_);
  }
  // While an answer waits for room, nothing is read: a half-closed client
  // would otherwise keep the loop awake.
  std::uint32_t wanted =
      client.connection.wants_write() ? EPOLLOUT : k_read_events;
  if (client.connection.is_waiting()) {
    if (!client.connection.wants_write()) wanted = k_no_events;
    if (!std::exchange(client.is_waiting, true)) waiting_.push_back(&client);
  }
  if (client.watched == wanted) return;
  const int command = client.watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  client.watched = wanted;
  if (!watch(command, client.connection.fd(), wanted, &client)) {
    end(client, End::failed);
  }
}

/// Moves it to those that linger, whose time is shorter.
void EventLoop::start_lingering(Client& client) {
  client.deadline = std::min(client.deadline, now_ + k_linger_time);
  // Its own deadline may come before that of one which lingers already.
  const auto later = std::find_if(
      lingering_.rbegin(), lingering_.rend(),
      [&](const Client& one) { return one.deadline <= client.deadline; });
  lingering_.splice(later.base(), live_, client.self);
}

void EventLoop::end(Client& client, End reason) {
  client.connection.end(reason);
  remove(client);
}

void EventLoop::remove(Client& client) {
  setting_.admission->release(*client.ticket);
  closed_.splice(closed_.end(), client.noted.is_lingering ? lingering_ : live_,
                 client.self);
}

void EventLoop::end_expired() {
  for (Clients* list : {&live_, &lingering_}) {
    for (auto it = list->begin(); it != list->end();) {
      Client& client = *it++;
      if (client.deadline <= now_ && !worker_.draining &&
          client.connection.has_earned_time()) {
        client.deadline = now_ + worker_.limits.deadline;  // the last of all
        list->splice(list->end(), *list, client.self);
      } else if (client.deadline <= now_) {
        end(client, client.connection.reason_at_deadline());
      } else if (!worker_.draining) {
        break;  // in order of their deadlines, until these are cut short
      }
    }
  }
  if (!listening_ && !worker_.draining && now_ >= accept_again_) {
    if (!watch_listeners(true)) pause_accepting();
  }
}

/// Milliseconds until the next deadline, for epoll_wait(); -1: none.
int EventLoop::wait_time() const {
  Time next = Time::max();
  if (!live_.empty()) next = live_.front().deadline;
  if (worker_.draining) next = std::min(next, now_ + k_linger_time);
  if (!lingering_.empty()) {
    next = std::min(next, lingering_.front().deadline);
  }
  if (!listening_ && !worker_.draining) next = std::min(next, accept_again_);
  if (next == Time::max()) return -1;
  const auto left = std::chrono::ceil<milliseconds>(next - steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

}  // namespace mtasts::server
