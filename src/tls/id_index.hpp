// SPDX-License-Identifier: MIT
// What belongs to which public key, for very many of them: a sorted list takes
// a third of the memory of a hash table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace mtasts::tls {

/// A hash of the octets of a public key.
using KeyId = std::size_t;

/// `Value` is a pointer; there may be several of one id, in the order in which
/// they came.
template <class Value>
class IdIndex {
 public:
  using Entry = std::pair<KeyId, Value>;
  using Entries = std::vector<Entry>;

  bool empty() const { return entries_.empty(); }

  /// Valid until the next change().
  std::span<const Entry> find(KeyId id) const {
    return std::ranges::equal_range(entries_, id, {}, &Entry::first);
  }

  /// All that changes at a time: each call goes through the whole list.
  void change(Entries gone, Entries come) {
    if (!gone.empty()) {
      std::ranges::sort(gone);
      std::erase_if(entries_, [&gone](const Entry& one) {
        return std::ranges::binary_search(gone, one);
      });
    }
    if (come.empty()) return;
    std::ranges::stable_sort(come, {}, &Entry::first);
    entries_.reserve(entries_.size() + come.size());
    const auto middle = static_cast<std::ptrdiff_t>(entries_.size());
    std::ranges::move(come, std::back_inserter(entries_));
    std::ranges::inplace_merge(entries_, entries_.begin() + middle, {},
                               &Entry::first);
  }

 private:
  Entries entries_;  // by id
};

}  // namespace mtasts::tls
