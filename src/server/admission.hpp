// SPDX-License-Identifier: MIT
// How many connections there may be over all event loops that share it, and
// which of them ends when there is no room for another. From any thread.
//
// The order: first who was answered and only lingers; then who has not got
// any further for a second, be it in its handshake, its request or in taking
// its answer; then anyone else. Among equals it is one of the address that
// holds most, and of that the one that got further longest ago. Whoever is
// being answered and takes it is ended for nobody of an address that holds as
// much.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/listen_address.hpp"
#include "server/address_limit.hpp"
#include "server/counters.hpp"

namespace mtasts::server {

class Connection;

/// What a connection is busy with, as far as it counts here.
struct Standing {
  bool is_handshaking = false;  // it has an SSL object and no keys yet
  bool is_writing = false;      // it takes an answer, or does not
  bool is_lingering = false;    // it was answered, and has ended
  std::uint32_t progress = 0;   // changes when it got further

  friend bool operator==(const Standing&, const Standing&) = default;
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

  /// One connection's place.
  struct Ticket {
    Connection* connection = nullptr;  // its loop's own business
    std::size_t loop;
    std::optional<ClientKey> client;
    Standing standing;
    Time progressed;
    bool is_doomed = false;
    std::list<Ticket>::iterator self;
    std::list<Ticket*>::iterator of_address;
    std::list<Ticket*>::iterator of_handshakes;
  };

  /// A connection that was accepted by one loop for another.
  struct Arrival {
    int fd;
    net::Scheme scheme;
    std::optional<ClientKey> client;
  };

  struct News {
    std::vector<Arrival> arrivals;
    std::vector<Connection*> doomed;  // to be ended for End::evicted
  };

  explicit Admission(const Limits& limits);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  /// A loop takes part. `wake` is called from any thread when there is news
  /// for it. Its number from now on.
  std::size_t join(std::function<void()> wake);

  /// A place for a newcomer, or none for the reason that `refused` says. The
  /// one that has to end for it may be one of the same loop: ask for news.
  Ticket* admit(std::size_t loop, std::optional<ClientKey> client, Time now,
                End& refused);
  /// The standing of a connection has changed.
  void note(Ticket& ticket, const Standing& standing, Time now);
  /// It has ended.
  void leave(Ticket& ticket);

  /// Many have yet to end for others: accept nobody for a moment.
  bool is_busy() const;
  /// Gives an accepted connection to the loop that has fewest, if `loop` has
  /// many more. False: it is for `loop` itself.
  bool hand_over(std::size_t loop, const Arrival& arrival);
  bool has_news(std::size_t loop) const {
    return loops_[loop].has_news.load(std::memory_order_acquire);
  }
  News take_news(std::size_t loop);
  /// The loop takes no more arrivals. The last of them.
  News close(std::size_t loop);

 private:
  /// What the addresses of one network hold: one of IPv4, a /48 of IPv6, or
  /// all clients without an address.
  struct Holding {
    std::list<Ticket*> tickets;  // by their last progress, the oldest first
  };
  struct Loop {
    std::function<void()> wake;
    std::atomic<bool> has_news{false};
    std::size_t count = 0;
    bool is_closed = false;
    std::list<Ticket> doomed;
    std::vector<Arrival> arrivals;
  };
  using Network = std::uint64_t;

  static Network network(const std::optional<ClientKey>& client);
  void grow(Network network, std::ptrdiff_t change);
  Ticket* find_victim(Network newcomer, Time now);
  static Ticket* first_of(const Holding& holding, bool& is_writing);
  void detach(Ticket& ticket);
  void doom(Ticket& ticket, std::size_t by);
  News take(Loop& loop);

  const Limits limits_;
  AddressLimit addresses_;
  std::mutex mutex_;  // of everything below
  std::deque<Loop> loops_;
  std::list<Ticket> live_;       // by their last progress, the oldest first
  std::list<Ticket> lingering_;  // likewise
  std::list<Ticket*> handshakes_;
  std::atomic<std::size_t> doomed_{0};
  std::unordered_map<Network, Holding, KeyedHash> holdings_;
  std::set<std::pair<std::size_t, Network>> by_count_;
};

}  // namespace mtasts::server
