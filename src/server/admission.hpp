// SPDX-License-Identifier: MIT
// How many connections there may be over all event loops that share it, and
// which of them is evicted when there is no room for another. From any thread.
//
// The order: first one that was answered and only lingers; then one that has
// not got any further for a second, be it in its handshake, its request or in
// taking its answer; then any other. Among equals it is one of the network that
// holds most, and of that the one that got further longest ago. A connection
// that is being answered and takes the answer is evicted only for a network
// that holds fewer.
//
// Example: there is room for 3. A has one that lingers; B has two, and the
// older of them sent half a request 5 s ago. The first newcomer gets the place
// of A's, the second that of B's older one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/listen_address.hpp"
#include "server/address_limit.hpp"
#include "server/counters.hpp"

namespace mtasts::server {

struct Client;  // of an event loop

/// What a connection is busy with, as far as it counts here.
struct Activity {
  bool is_handshaking = false;  // it has an SSL object and no keys yet
  bool is_writing = false;      // it takes an answer, or does not
  bool is_lingering = false;    // it was answered, and has ended
  std::uint32_t progress = 0;   // changes when it got further

  friend bool operator==(const Activity&, const Activity&) = default;
};

class Admission {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// 0 means no limit, but for `connections`.
  struct Limits {
    std::size_t connections;
    std::size_t per_address = 0;
    std::size_t handshakes = 0;  // in progress
  };

  struct Ticket;

  /// What the clients of one network hold: of one address of IPv4, of a /48 of
  /// IPv6, or without an address.
  struct Holding {
    std::uint64_t network;
    std::list<Ticket*> tickets;  // by their last progress, the oldest first
  };

  /// One connection's place.
  struct Ticket {
    Client* client = nullptr;  // its loop's own business
    std::size_t loop;
    std::optional<ClientKey> address;
    Holding* holding;
    Activity activity;
    Time progressed;
    bool is_evicted = false;
    std::list<Ticket>::iterator self;
    std::list<Ticket*>::iterator of_holding;
    std::list<Ticket*>::iterator of_handshakes;
  };

  /// A connection that was accepted, perhaps by one loop for another.
  struct Arrival {
    int fd;
    net::Scheme scheme;
    std::optional<ClientKey> address;
  };

  /// What the other threads have for a loop.
  struct Messages {
    std::vector<Arrival> arrivals;
    std::vector<Client*> evicted;  // to be ended for End::evicted
  };

  explicit Admission(const Limits& limits);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  /// A loop takes part. `wake` is called from any thread when there are
  /// messages for it. Its number from now on.
  std::size_t join(std::function<void()> wake);

  /// A place for a newcomer, or none for the reason that `refused` says. The
  /// one that is evicted for it may be of the same loop: look for messages.
  Ticket* admit(std::size_t loop, std::optional<ClientKey> address, Time now,
                End& refused);
  /// The connection is busy with something else, or has got further.
  void update(Ticket& ticket, const Activity& activity, Time now);
  /// It has ended.
  void release(Ticket& ticket);

  /// Many that were evicted have yet to be ended: accept nobody for a moment.
  bool is_busy() const;
  /// Gives an accepted connection to the loop that has fewest, if `loop` has
  /// many more. False: it is for `loop` itself.
  bool hand_over(std::size_t loop, const Arrival& arrival);
  bool has_messages(std::size_t loop) const {
    return loops_[loop].has_messages.load(std::memory_order_acquire);
  }
  Messages receive(std::size_t loop);
  /// Nothing is handed over to this loop any more; what was is to be received.
  void close(std::size_t loop);

 private:
  using Network = std::uint64_t;
  struct Loop {
    std::function<void()> wake;
    std::atomic<bool> has_messages{false};
    std::size_t count = 0;
    bool is_closed = false;
    std::list<Ticket> evicted;
    std::vector<Arrival> arrivals;
  };

  void recount(Holding& holding, std::size_t before);
  Ticket* find_victim(Network newcomer, Time now);
  void withdraw(Ticket& ticket);
  void evict(Ticket& ticket, std::size_t by);

  const Limits limits_;
  AddressLimit addresses_;
  std::mutex mutex_;  // of everything below
  std::deque<Loop> loops_;
  std::list<Ticket> live_;       // by their last progress, the oldest first
  std::list<Ticket> lingering_;  // likewise
  std::list<Ticket*> handshakes_;
  std::atomic<std::size_t> evicted_{0};  // and not released yet
  std::unordered_map<Network, Holding, KeyedHash> holdings_;
  std::map<std::pair<std::size_t, Network>, Holding*> by_count_;
};

}  // namespace mtasts::server
