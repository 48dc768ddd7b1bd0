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
constexpr std::size_t k_most_doomed = 16;
// Looking for a victim must not cost more than refusing the newcomer.
constexpr int k_most_looked_at = 32;
// A loop keeps what it accepts until it has so many more than another.
constexpr std::size_t k_least_difference = 8;
constexpr std::size_t k_most_arrivals = 8;

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

Admission::Network Admission::network(const std::optional<ClientKey>& client) {
  if (!client) return 0;
  // A site gets a /48 at most; see client_key() on both forms.
  constexpr ClientKey k_subnets = 0xFFFF;
  return is_ipv4(*client) ? *client : *client & ~k_subnets;
}

void Admission::grow(Network network, std::ptrdiff_t change) {
  const auto found = holdings_.find(network);
  const std::size_t after = found->second.tickets.size();
  auto node =
      by_count_.extract({after - static_cast<std::size_t>(change), network});
  if (after == 0) {
    holdings_.erase(found);
  } else if (node) {
    node.value().first = after;
    by_count_.insert(std::move(node));
  } else {
    by_count_.emplace(after, network);
  }
}

Admission::Ticket* Admission::admit(std::size_t loop,
                                    std::optional<ClientKey> client, Time now,
                                    End& refused) {
  if (client) {
    const std::optional<End> reason = addresses_.take(*client, now);
    if (reason) {
      refused = *reason;
      return nullptr;
    }
  }
  const std::lock_guard lock(mutex_);
  const Network from = network(client);
  if (live_.size() + lingering_.size() >= limits_.connections) {
    Ticket* victim = doomed_ < k_most_doomed ? find_victim(from, now) : nullptr;
    if (victim == nullptr) {
      if (client) addresses_.give_back(*client);
      refused = End::evicted;
      return nullptr;
    }
    doom(*victim, loop);
  }
  Ticket& ticket = live_.emplace_back(Ticket{.loop = loop,
                                             .client = client,
                                             .standing = {},
                                             .progressed = now,
                                             .self = {},
                                             .of_address = {},
                                             .of_handshakes = {}});
  ticket.self = std::prev(live_.end());
  std::list<Ticket*>& held = holdings_[from].tickets;
  ticket.of_address = held.insert(held.end(), &ticket);
  grow(from, 1);
  ++loops_[loop].count;
  return &ticket;
}

/// Of one network: who waits for nothing of ours before who is being answered,
/// and of those the one that got further longest ago.
Admission::Ticket* Admission::first_of(const Holding& holding,
                                       bool& is_writing) {
  int left = k_most_looked_at;
  for (Ticket* ticket : holding.tickets) {
    is_writing = ticket->standing.is_writing;
    if (!is_writing) return ticket;
    if (--left == 0) break;
  }
  return holding.tickets.front();
}

Admission::Ticket* Admission::find_victim(Network newcomer, Time now) {
  if (!lingering_.empty()) return &lingering_.front();
  Ticket* oldest = live_.empty() ? nullptr : &live_.front();
  if (oldest == nullptr) return nullptr;
  const auto is_stalled = [now](const Ticket& one) {
    return one.progressed + k_patience <= now;
  };
  if (is_stalled(*oldest)) {
    int left = k_most_looked_at;
    for (auto it = by_count_.rbegin(); it != by_count_.rend(); ++it) {
      Ticket* first = holdings_.find(it->second)->second.tickets.front();
      if (is_stalled(*first)) return first;
      if (--left == 0) break;
    }
    return oldest;
  }
  // Where all hold as much, as one each, it is the oldest of all.
  const auto most = *by_count_.rbegin();
  Network from = network(oldest->client);
  if (holdings_.find(from)->second.tickets.size() < most.first) {
    from = most.second;
  }
  bool is_writing = false;
  const Holding& holding = holdings_.find(from)->second;
  Ticket* first = first_of(holding, is_writing);
  if (!is_writing) return first;
  const auto own = holdings_.find(newcomer);
  const bool holds_less = own == holdings_.end() ||
                          own->second.tickets.size() < holding.tickets.size();
  return holds_less && from != newcomer ? first : nullptr;
}

/// Takes it out of all that is counted.
void Admission::detach(Ticket& ticket) {
  const Network from = network(ticket.client);
  holdings_.find(from)->second.tickets.erase(ticket.of_address);
  grow(from, -1);
  if (ticket.standing.is_handshaking) handshakes_.erase(ticket.of_handshakes);
  if (ticket.client) addresses_.give_back(*ticket.client);
  --loops_[ticket.loop].count;
}

void Admission::doom(Ticket& ticket, std::size_t by) {
  detach(ticket);
  ticket.is_doomed = true;
  ++doomed_;
  Loop& loop = loops_[ticket.loop];
  loop.doomed.splice(loop.doomed.end(),
                     ticket.standing.is_lingering ? lingering_ : live_,
                     ticket.self);
  loop.has_news.store(true, std::memory_order_release);
  if (ticket.loop != by) loop.wake();
}

void Admission::note(Ticket& ticket, const Standing& standing, Time now) {
  const std::lock_guard lock(mutex_);
  if (ticket.is_doomed) return;
  const Standing before = std::exchange(ticket.standing, standing);
  if (standing.progress != before.progress) {
    ticket.progressed = now;
    live_.splice(live_.end(), live_, ticket.self);
    std::list<Ticket*>& held =
        holdings_.find(network(ticket.client))->second.tickets;
    held.splice(held.end(), held, ticket.of_address);
  }
  if (standing.is_lingering && !before.is_lingering) {
    lingering_.splice(lingering_.end(), live_, ticket.self);
  }
  if (standing.is_handshaking == before.is_handshaking) return;
  if (!standing.is_handshaking) {
    handshakes_.erase(ticket.of_handshakes);
    return;
  }
  ticket.of_handshakes = handshakes_.insert(handshakes_.end(), &ticket);
  if (limits_.handshakes != 0 && handshakes_.size() > limits_.handshakes) {
    doom(*handshakes_.front(), ticket.loop);
  }
}

void Admission::leave(Ticket& ticket) {
  const std::lock_guard lock(mutex_);
  if (ticket.is_doomed) {
    --doomed_;
    loops_[ticket.loop].doomed.erase(ticket.self);
    return;
  }
  detach(ticket);
  (ticket.standing.is_lingering ? lingering_ : live_).erase(ticket.self);
}

bool Admission::is_busy() const {
  return doomed_.load(std::memory_order_relaxed) >= k_most_doomed;
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
      least->arrivals.size() >= k_most_arrivals) {
    return false;
  }
  least->arrivals.push_back(arrival);
  least->has_news.store(true, std::memory_order_release);
  least->wake();
  return true;
}

Admission::News Admission::take(Loop& loop) {
  News news{.arrivals = std::exchange(loop.arrivals, {}), .doomed = {}};
  for (const Ticket& ticket : loop.doomed) {
    news.doomed.push_back(ticket.connection);
  }
  loop.has_news.store(false, std::memory_order_relaxed);
  return news;
}

Admission::News Admission::take_news(std::size_t loop) {
  const std::lock_guard lock(mutex_);
  return take(loops_[loop]);
}

Admission::News Admission::close(std::size_t loop) {
  const std::lock_guard lock(mutex_);
  loops_[loop].is_closed = true;
  return take(loops_[loop]);
}

}  // namespace mtasts::server
