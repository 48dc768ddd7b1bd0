// SPDX-License-Identifier: MIT
#include "tool/retry_queue.hpp"

#include <algorithm>

namespace mtasts::tool {

void RetryQueue::postpone(const std::string& domain, Time now) {
  Entry& entry = entries_.try_emplace(domain, Entry{now}).first->second;
  entry.due = now + entry.wait;
  entry.wait = std::min(entry.wait * 2, k_longest_wait);
}

std::vector<std::string> RetryQueue::due(Time now) const {
  std::vector<std::string> domains;
  for (const auto& [domain, entry] : entries_) {
    if (entry.due <= now) domains.push_back(domain);
  }
  return domains;
}

std::optional<RetryQueue::Time> RetryQueue::next() const {
  // After an edit of many all are due at the same time: there is no order that
  // would be worth keeping.
  const auto first = std::ranges::min_element(
      entries_, {}, [](const auto& one) { return one.second.due; });
  if (first == entries_.end()) return std::nullopt;
  return first->second.due;
}

}  // namespace mtasts::tool
