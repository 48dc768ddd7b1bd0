// SPDX-License-Identifier: MIT
// One thread's connections: accepts them, serves those whose socket is ready,
// and closes them at their deadline, which a body that comes puts off. Several
// loops share the listening sockets and an Admission, which says whose
// connection makes room for another's.
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
  MisfitLog* misfits = nullptr;           // may be null
  tls::Challenges* challenges = nullptr;  // null: such clients are refused
};

/// A connection, and what its loop keeps with it.
struct Client {
  Client(Worker& worker, const Admission::Arrival& arrival,
         Connection::Time now, Admission::Ticket* place)
      : connection(worker, arrival.fd, arrival.scheme, now),
        deadline(now + worker.limits.deadline),
        ticket(place) {}

  Connection connection;
  Connection::Time deadline;
  Admission::Ticket* ticket;
  Activity noted;             // what its ticket says
  std::uint32_t watched = 0;  // epoll events asked for; 0: not registered
  bool is_waiting = false;    // stands in the loop's list of those
  std::list<Client>::iterator self;
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

  /// From any thread: its responder is to look at what may have changed.
  void wake();
  /// From any thread: accept no more, finish what has begun.
  void drain();
  /// Returns once the listeners are no longer in use by this loop, which runs
  /// in another thread.
  void wait_until_draining() const { drained_.wait(false); }

  const Counters& counters() const { return worker_.counters; }

 private:
  using Time = Connection::Time;
  using Clients = std::list<Client>;

  bool watch(int command, int fd, std::uint32_t events, void* data) const;
  bool watch_listeners(bool on);
  bool accept_from(const net::Listener& listener);
  void pause_accepting();
  void admit(const Admission::Arrival& arrival);
  void receive_messages();
  void serve(Client& client, bool peer_has_ended);
  void serve_waiting();
  void update(Client& client);
  void start_lingering(Client& client);
  void end(Client& client, End reason);
  void remove(Client& client);
  void end_expired();
  void start_draining();
  int wait_time() const;

  Setting setting_;
  Worker worker_;
  std::size_t number_;  // of this loop, in setting_.admission
  int epoll_ = -1;
  int wake_fd_ = -1;
  std::atomic<bool> drain_wanted_{false};
  std::atomic<bool> drained_{false};
  Time now_;
  bool listening_ = false;
  Time pause_said_;               // when the log last told of a lack
  Time accept_again_;             // while not listening: when to try again
  Clients live_;                  // the oldest first: also the deadlines' order
  Clients lingering_;             // likewise
  std::vector<Client*> waiting_;  // for an answer that is made elsewhere
  Clients closed_;  // freed at the end of a turn: events may be left
};

}  // namespace mtasts::server
