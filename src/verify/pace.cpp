// SPDX-License-Identifier: MIT
#include "verify/pace.hpp"

#include <algorithm>
#include <utility>

namespace mtasts::verify {
namespace {

// Addresses that are remembered for their last start alone.
constexpr std::size_t k_many_places = 1024;

}  // namespace

Pace::Turn::Turn(Turn&& other) noexcept
    : pace_(std::exchange(other.pace_, nullptr)),
      address_(std::move(other.address_)) {}

Pace::Turn::~Turn() {
  if (pace_ != nullptr) pace_->end(address_);
}

Pace::Turn Pace::take(const std::string& address) {
  std::unique_lock lock(mutex_);
  for (;;) {
    Moment next = Moment::max();
    if (begin_locked(address, std::chrono::steady_clock::now(), next)) {
      return {*this, address};
    }
    if (next == Moment::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next);
    }
  }
}

bool Pace::begin(const std::string& address, Moment now, Moment& next) {
  const std::lock_guard lock(mutex_);
  return begin_locked(address, now, next);
}

bool Pace::begin_locked(const std::string& address, Moment now, Moment& next) {
  next = Moment::max();
  if (running_ >= limits_.with_all) return false;
  if (places_.size() >= k_many_places) forget_idle(now);
  Place& place = places_[address];
  if (place.running >= limits_.with_one) return false;
  if (now < place.next) {
    next = place.next;
    return false;
  }
  ++place.running;
  ++running_;
  place.next = now + limits_.between;
  return true;
}

void Pace::end(const std::string& address) {
  {
    const std::lock_guard lock(mutex_);
    --running_;
    --places_[address].running;
  }
  // Those who wait do so for different addresses.
  changed_.notify_all();
}

void Pace::forget_idle(Moment now) {
  std::erase_if(places_, [now](const auto& one) {
    return one.second.running == 0 && one.second.next <= now;
  });
}

}  // namespace mtasts::verify
