// SPDX-License-Identifier: MIT
#include "server/admission.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace mtasts::server {
namespace {

// A slow line loses a segment and sends it again in less.
constexpr std::chrono::seconds k_patience{1};
// So many may wait for their loop to end them, beyond the limit, before it is
// better to let newcomers wait in the kernel.
constexpr std::size_t k_max_evicted = 16;
// Looking for a victim must not cost more than refusing the newcomer.
constexpr std::size_t k_max_looked_at = 32;
// A loop keeps what it accepts until it has so many more than another.
constexpr std::size_t k_least_difference = 8;
constexpr std::size_t k_max_arrivals = 8;

std::uint64_t network_of(const std::optional<ClientKey>& address) {
  if (!address) return 0;
  // A site gets a /48 at most; see client_key() on both forms.
  constexpr ClientKey k_subnets = 0xFFFF;
  return is_ipv4(*address) ? *address : *address & ~k_subnets;
}

/// One that takes no answer before one that does, and of those the one that got
/// further longest ago.
Admission::Ticket* choose_from(const std::list<Admission::Ticket*>& tickets) {
  std::size_t left = k_max_looked_at;
  for (Admission::Ticket* ticket : tickets) {
    if (!ticket->activity.is_writing) return ticket;
    if (--left == 0) break;
  }
  return tickets.front();
}

}  // namespace

Admission::Admission(const Limits& limits)
    : limits_(limits), addresses_(limits.per_address) {}

Admission::~Admission() {
  for (const Loop& loop : loops_) {
    for (const Arrival& arrival : loop.arrivals) ::close(arrival.fd);
  }
}

std::size_t Admission::join(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  loops_.emplace_back().wake = std::move(wake);
  return loops_.size() - 1;
}

Admission::Ticket* Admission::admit(std::size_t loop,
                                    std::optional<ClientKey> address, Time now,
                                    End& refused) {
  if (address) {
    const std::optional<End> reason = addresses_.take(*address, now);
    if (reason) {
      refused = *reason;
      return nullptr;
    }
  }
  const std::lock_guard lock(mutex_);
  const Network network = network_of(address);
  if (live_.size() + lingering_.size() >= limits_.connections) {
    Ticket* victim =
        evicted_ < k_max_evicted ? find_victim(network, now) : nullptr;
    if (victim == nullptr) {
      if (address) addresses_.give_back(*address);
      refused = End::evicted;
      return nullptr;
    }
    evict(*victim, loop);
  }
  Holding& holding = holdings_[network];
  holding.network = network;
  Ticket& ticket = live_.emplace_back(Ticket{.loop = loop,
                                             .address = address,
                                             .holding = &holding,
                                             .activity = {},
                                             .progressed = now,
                                             .self = {},
                                             .of_holding = {},
                                             .of_handshakes = {}});
  ticket.self = std::prev(live_.end());
  ticket.of_holding = holding.tickets.insert(holding.tickets.end(), &ticket);
  recount(holding, holding.tickets.size() - 1);
  ++loops_[loop].count;
  return &ticket;
}

/// Puts a holding where it belongs by its count, which was `before`.
void Admission::recount(Holding& holding, std::size_t before) {
  by_count_.erase({before, holding.network});
  if (holding.tickets.empty()) {
    holdings_.erase(holding.network);
  } else {
    by_count_.emplace(std::pair(holding.tickets.size(), holding.network),
                      &holding);
  }
}

Admission::Ticket* Admission::find_victim(Network newcomer, Time now) {
  if (!lingering_.empty()) return &lingering_.front();
  if (live_.empty()) return nullptr;
  Ticket* oldest = &live_.front();
  const auto is_stalled = [now](const Ticket& one) {
    return one.progressed + k_patience <= now;
  };
  if (is_stalled(*oldest)) {
    std::size_t left = k_max_looked_at;
    for (auto it = by_count_.rbegin(); it != by_count_.rend(); ++it) {
      Ticket* first = it->second->tickets.front();
      if (is_stalled(*first)) return first;
      if (--left == 0) break;
    }
    return oldest;
  }
  // Where all hold as many, such as one each, it is the oldest of all.
  const Holding* most = by_count_.rbegin()->second;
  if (oldest->holding->tickets.size() == most->tickets.size()) {
    most = oldest->holding;
  }
  Ticket* first = choose_from(most->tickets);
  if (!first->activity.is_writing) return first;
  const auto own = holdings_.find(newcomer);
  const bool holds_fewer = own == holdings_.end() ||
                           own->second.tickets.size() < most->tickets.size();
  return holds_fewer ? first : nullptr;
}

/// Takes it out of all that is counted.
void Admission::withdraw(Ticket& ticket) {
  if (ticket.activity.is_handshaking) handshakes_.erase(ticket.of_handshakes);
  if (ticket.address) addresses_.give_back(*ticket.address);
  --loops_[ticket.loop].count;
  Holding& holding = *ticket.holding;
  holding.tickets.erase(ticket.of_holding);
  recount(holding, holding.tickets.size() + 1);
}

/// Its loop has to end it. From now on it counts no more, so that the newcomer
/// can be let in at once.
void Admission::evict(Ticket& ticket, std::size_t by) {
  withdraw(ticket);
  ticket.is_evicted = true;
  ++evicted_;
  Loop& loop = loops_[ticket.loop];
  loop.evicted.splice(loop.evicted.end(),
                      ticket.activity.is_lingering ? lingering_ : live_,
                      ticket.self);
  loop.has_messages.store(true, std::memory_order_release);
  if (ticket.loop != by) loop.wake();
}

void Admission::update(Ticket& ticket, const Activity& activity, Time now) {
  const std::lock_guard lock(mutex_);
  if (ticket.is_evicted) return;
  const Activity before = std::exchange(ticket.activity, activity);
  if (activity.progress != before.progress) {
    ticket.progressed = now;
    live_.splice(live_.end(), live_, ticket.self);
    std::list<Ticket*>& held = ticket.holding->tickets;
    held.splice(held.end(), held, ticket.of_holding);
  }
  if (activity.is_lingering && !before.is_lingering) {
    lingering_.splice(lingering_.end(), live_, ticket.self);
  }
  if (activity.is_handshaking == before.is_handshaking) return;
  if (!activity.is_handshaking) {
    handshakes_.erase(ticket.of_handshakes);
    return;
  }
  ticket.of_handshakes = handshakes_.insert(handshakes_.end(), &ticket);
  if (limits_.handshakes != 0 && handshakes_.size() > limits_.handshakes) {
    evict(*handshakes_.front(), ticket.loop);
  }
}

void Admission::release(Ticket& ticket) {
  const std::lock_guard lock(mutex_);
  if (ticket.is_evicted) {
    --evicted_;
    loops_[ticket.loop].evicted.erase(ticket.self);
    return;
  }
  withdraw(ticket);
  (ticket.activity.is_lingering ? lingering_ : live_).erase(ticket.self);
}

bool Admission::is_busy() const {
  return evicted_.load(std::memory_order_relaxed) >= k_max_evicted;
}

bool Admission::hand_over(std::size_t loop, const Arrival& arrival) {
  if (loops_.size() == 1) return false;
  const std::lock_guard lock(mutex_);
  const auto load = [](const Loop& one) {
    return one.count + one.arrivals.size();
  };
  Loop* least = &loops_[loop];
  for (Loop& other : loops_) {
    if (!other.is_closed && load(other) < load(*least)) least = &other;
  }
  if (load(loops_[loop]) < load(*least) * 2 + k_least_difference ||
      least->arrivals.size() >= k_max_arrivals) {
    return false;
  }
  least->arrivals.push_back(arrival);
  least->has_messages.store(true, std::memory_order_release);
  least->wake();
  return true;
}

Admission::Messages Admission::receive(std::size_t number) {
  const std::lock_guard lock(mutex_);
  Loop& loop = loops_[number];
  Messages messages{.arrivals = std::exchange(loop.arrivals, {}),
                    .evicted = {}};
  for (const Ticket& ticket : loop.evicted) {
    messages.evicted.push_back(ticket.client);
  }
  loop.has_messages.store(false, std::memory_order_relaxed);
  return messages;
}

void Admission::close(std::size_t loop) {
  const std::lock_guard lock(mutex_);
  loops_[loop].is_closed = true;
}

}  // namespace mtasts::server
