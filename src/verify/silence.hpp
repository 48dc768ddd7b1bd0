// SPDX-License-Identifier: MIT
// Who has not answered so often that asking again is of no use: a dead name
// server, a closed port and a lost route are found once, and not once for each
// of 100,000 domains. Pure, but for its lock.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

namespace mtasts::verify {

/// Of one peer that all domains need. Any number of threads may use it.
class SilentPeer {
 public:
  /// Given up after so many silences in a row, at the start and later.
  SilentPeer(std::size_t at_start, std::size_t later)
      : at_start_(at_start), later_(later) {}

  void note(bool is_silent) {
    const std::lock_guard lock(mutex_);
    in_a_row_ = is_silent ? in_a_row_ + 1 : 0;
    has_answered_ = has_answered_ || !is_silent;
    is_dead_ = is_dead_ || in_a_row_ >= (has_answered_ ? later_ : at_start_);
  }
  /// For good: what was given up is not tried again in this run.
  bool is_dead() const {
    const std::lock_guard lock(mutex_);
    return is_dead_;
  }

 private:
  const std::size_t at_start_;
  const std::size_t later_;
  mutable std::mutex mutex_;
  std::size_t in_a_row_ = 0;
  bool has_answered_ = false;
  bool is_dead_ = false;
};

/// Of many peers, each by its address. Any number of threads may use it.
class SilentPeers {
 public:
  explicit SilentPeers(std::size_t most_silences) : most_(most_silences) {}

  /// One answer is enough to be asked for ever.
  void note(const std::string& address, bool is_silent) {
    const std::lock_guard lock(mutex_);
    Place& place = places_[address];
    place.has_answered = place.has_answered || !is_silent;
    if (is_silent) ++place.silences;
    if (places_.size() > k_most_places) places_.erase(places_.begin());
  }
  bool is_dead(const std::string& address) const {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(address);
    return found != places_.end() && !found->second.has_answered &&
           found->second.silences >= most_;
  }

 private:
  static constexpr std::size_t k_most_places = 10'000;
  struct Place {
    std::size_t silences = 0;
    bool has_answered = false;
  };

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Place> places_;
};

/// Of a port that a provider may have closed for us, whoever is at the other
/// end. Any number of threads may use it.
class ClosedPort {
 public:
  /// Given up when so many addresses were silent, and none was not.
  explicit ClosedPort(std::size_t addresses) : most_(addresses) {}

  void note(const std::string& address, bool is_silent) {
    const std::lock_guard lock(mutex_);
    has_answered_ = has_answered_ || !is_silent;
    if (is_silent && silent_.size() < most_) silent_.insert(address);
  }
  /// Nobody that was tried has answered.
  bool seems_closed() const {
    const std::lock_guard lock(mutex_);
    return !has_answered_ && !silent_.empty();
  }
  /// There is no use in trying more of them.
  bool is_given_up() const {
    const std::lock_guard lock(mutex_);
    return !has_answered_ && silent_.size() >= most_;
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  bool has_answered_ = false;
  std::set<std::string> silent_;
};

}  // namespace mtasts::verify
