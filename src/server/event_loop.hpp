// SPDX-License-Identifier: MIT
// One thread's connections: waits for their sockets, keeps their deadlines,
// accepts new ones. Several loops share the listening sockets.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "net/listener.hpp"
#include "result.hpp"
#include "server/admission.hpp"
#include "server/connection.hpp"
#include "server/counters.hpp"
#include "server/memory_budget.hpp"
#include "server/responder.hpp"

namespace mtasts::server {

/// For the stack of a loop's thread: handshakes and pages take 20 kB.
constexpr std::size_t k_loop_stack_octets = 512 * 1024;

/// What a loop needs. Several may share all of it, which has to outlive them.
struct Setting {
  SSL_CTX* context;  // null: no listener wants TLS
  Admission* admission;
  std::vector<net::Listener> listeners;
  config::Limits limits;  // those of `admission` are not looked at
  /// Makes a loop's own responder, which counts there.
  std::function<std::unique_ptr<Responder>(Counters&)> make_responder;
  /// Connections to accept in one turn. One, where there are other loops that
  /// may have time for the next.
  int accepts = 1;
  /// What the kernel may keep for each client that does not read.
  int send_buffer_octets = k_socket_buffer_octets;
  MisfitLog* misfits = nullptr;  // may be null
};

class EventLoop {
 public:
  explicit EventLoop(const Setting& setting);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Once, before run(). Fails when the kernel has no descriptor left.
  Result<void> open();

  /// Returns after drain(), when the last connection has ended.
  void run();

  /// From any thread: its responder is to look for news.
  void wake();
  /// From any thread: accept no more, finish what has begun.
  void drain();
  /// Returns once the listeners are no longer in use by this loop, which runs
  /// in another thread.
  void wait_until_draining() const { drained_.wait(false); }

  const Counters& counters() const { return counters_; }

 private:
  using Time = Connection::Time;
  using Connections = std::list<Connection>;

  bool add(int fd, std::uint32_t events, void* data);
  void clear_wake(const epoll_event* events, int count) const;
  bool accept_from(const net::Listener& listener);
  void admit(const Admission::Arrival& arrival);
  void receive_messages();
  void go_on(Connection& connection, bool peer_has_ended);
  void ask_for(Connection& connection);
  void end(Connection& connection, End reason);
  void remove(Connections& from, Connection& connection);
  void expire();
  void pause_accepting();
  bool watch_listeners(bool on);
  void start_draining();
  int wait_time() const;

  Setting setting_;
  Counters counters_;
  Worker worker_;
  std::size_t number_;  // of this loop, in setting_.admission
  int epoll_ = -1;
  int wake_fd_ = -1;
  std::atomic<bool> drain_wanted_{false};
  std::atomic<bool> drained_{false};
  Time now_;
  bool listening_ = false;
  Time pause_said_;        // when the log last told of a lack
  Time accept_again_;      // while not listening: when to try again
  Connections live_;       // the oldest first: also the deadlines' order
  Connections lingering_;  // likewise
  Connections closed_;     // freed at the end of a turn: events may be left
};

}  // namespace mtasts::server
