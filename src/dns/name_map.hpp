// SPDX-License-Identifier: MIT
// An immutable map from names to values. A changed one shares all but a few
// hundred of its entries with the one it was made from: that is how one edit
// among 100,000 domains stays cheap.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mtasts::dns {

/// A name is only looked at, and lasts as long as its value: it is a part of
/// that.
template <class Value>
class NameMap {
 public:
  /// Null when there is none; valid as long as a map that has the entry.
  const Value* find(std::string_view name) const {
    const Shard* shard = shards_[shard_of(name)].get();
    if (shard == nullptr) return nullptr;
    const auto found = std::lower_bound(
        shard->begin(), shard->end(), name,
        [](const Entry& entry, std::string_view n) { return entry.first < n; });
    return found != shard->end() && found->first == name ? &found->second
                                                         : nullptr;
  }

  std::size_t size() const { return size_; }

  /// In no order that means anything: `visit(name, value)`.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& shard : shards_) {
      if (!shard) continue;
      for (const auto& [name, value] : *shard) visit(name, value);
    }
  }

  /// New values for names, each once; no value takes the name out.
  using Changes =
      std::vector<std::pair<std::string_view, std::optional<Value>>>;

  NameMap with(Changes changes) const {
    std::array<std::vector<typename Changes::value_type*>, k_shards> by_shard;
    for (auto& change : changes) {
      by_shard[shard_of(change.first)].push_back(&change);
    }
    NameMap next = *this;
    for (std::size_t i = 0; i < k_shards; ++i) {
      if (by_shard[i].empty()) continue;
      std::ranges::sort(by_shard[i], {},
                        [](const auto* one) { return one->first; });
      const std::shared_ptr<const Shard> old = shards_[i];
      auto merged = std::make_shared<const Shard>(
          merge(old ? *old : Shard{}, by_shard[i]));
      next.size_ += merged->size() - (old ? old->size() : 0);
      next.shards_[i] = std::move(merged);
    }
    return next;
  }

 private:
  static constexpr std::size_t k_shards = 256;
  using Entry = std::pair<std::string_view, Value>;
  using Shard = std::vector<Entry>;  // by name

  static std::size_t shard_of(std::string_view name) {
    return std::hash<std::string_view>{}(name) % k_shards;
  }

  /// Both are sorted by name.
  static Shard merge(
      const Shard& old,
      const std::vector<typename Changes::value_type*>& changes) {
    Shard merged;
    merged.reserve(old.size() + changes.size());
    auto next = old.begin();
    for (auto* change : changes) {
      while (next != old.end() && next->first < change->first) {
        merged.push_back(*next++);
      }
      if (next != old.end() && next->first == change->first) ++next;
      if (change->second) {
        merged.emplace_back(change->first, *std::move(change->second));
      }
    }
    merged.insert(merged.end(), next, old.end());
    merged.shrink_to_fit();
    return merged;
  }

  std::array<std::shared_ptr<const Shard>, k_shards> shards_;
  std::size_t size_ = 0;
};

}  // namespace mtasts::dns
