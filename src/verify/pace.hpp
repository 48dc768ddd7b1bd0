// SPDX-License-Identifier: MIT
// How hard servers are pressed: so many conversations with one address at a
// time, so many starts a second, so many with all of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace mtasts::verify {

/// Any number of threads may use it.
class Pace {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  struct Limits {
    std::size_t with_one = 1;                 // at a time, with one address
    std::size_t with_all = 20;                // at a time
    std::chrono::milliseconds between{1000};  // two starts at one address
  };

  /// The right to one conversation, until its end.
  class Turn {
   public:
    Turn(Turn&& other) noexcept;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    friend class Pace;
    Turn(Pace& pace, const std::string& address)
        : pace_(&pace), address_(address) {}

    Pace* pace_;  // null: moved from
    std::string address_;
  };

  explicit Pace(Limits limits) : limits_(limits) {}

  /// Waits until there may be one more with `address`.
  Turn take(const std::string& address);

  /// What take() goes by: nothing is waited for, and the clock is the caller's.
  /// True if a conversation has begun; else it is of no use to ask before
  /// `next`, or before one has ended when that is Moment::max().
  bool begin(const std::string& address, Moment now, Moment& next);
  void end(const std::string& address);

 private:
  struct Place {
    std::size_t running = 0;
    Moment next = Moment::min();  // not before
  };

  bool begin_locked(const std::string& address, Moment now, Moment& next);
  void forget_idle(Moment now);

  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t running_ = 0;
  std::map<std::string, Place> places_;
};

}  // namespace mtasts::verify
