// SPDX-License-Identifier: MIT
// What many domains have in common is looked at once: whoever asks first does
// it, whoever asks meanwhile waits for the same.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace mtasts::verify {

/// Keeps the `most` that were asked for last. Any number of threads may use
/// it.
template <class T>
class OnceMap {
 public:
  using Pointer = std::shared_ptr<const T>;

  explicit OnceMap(std::size_t most) : most_(most) {}

  /// What `make` has made of `key`, now or before; never null. `make` may ask
  /// this map for another key only if that can't lead back to this one.
  Pointer make_once(const std::string& key, const std::function<T()>& make) {
    std::unique_lock lock(mutex_);
    if (const auto found = places_.find(key); found != places_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      const std::shared_ptr<Slot> slot = found->second->second;
      made_.wait(lock, [&slot] { return slot->value != nullptr; });
      return slot->value;
    }
    const auto slot = std::make_shared<Slot>();
    order_.emplace_front(key, slot);
    places_.emplace(key, order_.begin());
    forget_oldest();
    lock.unlock();
    auto value = std::make_shared<const T>(make());
    lock.lock();
    slot->value = std::move(value);
    made_.notify_all();
    return slot->value;
  }

  /// Has the next one who asks make it anew.
  void forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(key);
    if (found == places_.end() || found->second->second->value == nullptr) {
      return;
    }
    order_.erase(found->second);
    places_.erase(found);
  }

 private:
  struct Slot {
    Pointer value;  // null: it is being made
  };
  using Order = std::list<std::pair<std::string, std::shared_ptr<Slot>>>;

  /// Who waits for one of them has hold of it.
  void forget_oldest() {
    while (order_.size() > most_) {
      places_.erase(order_.back().first);
      order_.pop_back();
    }
  }

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable made_;
  Order order_;  // the latest first
  std::unordered_map<std::string, typename Order::iterator> places_;
};

}  // namespace mtasts::verify
