// SPDX-License-Identifier: MIT
// Domains that something is to be done for, and when: what can't be done yet is
// tried again, less and less often. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mtasts::tool {

class RetryQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Between the first two tries, and between any at most.
  static constexpr std::chrono::seconds k_first_wait{1};
  static constexpr std::chrono::seconds k_longest_wait{60};

  /// Due at once, whatever was waited for until now.
  void add(const std::string& domain, Time now) { entries_[domain] = {now}; }
  void remove(const std::string& domain) { entries_.erase(domain); }
  /// To be tried again, twice as long after the last time.
  void postpone(const std::string& domain, Time now);

  /// In the order of their names. They stay until remove().
  std::vector<std::string> due(Time now) const;
  /// When the next one is due; nothing when there is none.
  std::optional<Time> next() const;

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Time due;
    std::chrono::seconds wait = k_first_wait;  // if it has to be tried again
  };

  std::map<std::string, Entry> entries_;
};

}  // namespace mtasts::tool
