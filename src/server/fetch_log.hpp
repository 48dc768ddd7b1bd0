// SPDX-License-Identifier: MIT
// Who has fetched which policy, and when: for each domain that is served, by
// the id of the policy and by family of sender. Kept in memory and bounded; no
// client's address is in it.
//
// The event loops count without a lock, but for the first fetch of an id and
// the first in an hour. A domain's entry is made by its first fetch and stays:
// only names that are served here get one.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/sender_family.hpp"

namespace mtasts::server {

constexpr std::size_t k_hours_kept = 24;

/// Fetches by one family. Times are of the first and the last one.
struct FamilyFetches {
  std::uint32_t count = 0;
  std::chrono::sys_seconds first;
  std::chrono::sys_seconds last;
};

/// Fetches of the policy with one id.
struct IdFetches {
  std::string id;  // empty: there was none
  std::array<FamilyFetches, k_sender_family_names.size()> by_family;

  FamilyFetches total() const;
};

struct DomainFetches {
  std::uint64_t answered = 0;  // with the policy, since the start
  std::uint64_t refused = 0;   // with another status
  IdFetches current;           // of the id that was fetched last
  IdFetches previous;
  std::array<std::uint32_t, k_hours_kept> hours{};  // the oldest first
};

class FetchLog {
 public:
  FetchLog();
  ~FetchLog();
  FetchLog(const FetchLog&) = delete;
  FetchLog& operator=(const FetchLog&) = delete;

  /// The policy of `domain` with `id`, 32 hex digits, was sent at `now`.
  void count(std::string_view domain, std::string_view id, SenderFamily family,
             std::chrono::sys_seconds now);
  /// Its policy host gave another answer.
  void count_refused(std::string_view domain);

  /// What was counted; nothing when nobody has asked for `domain`.
  std::optional<DomainFetches> find(std::string_view domain,
                                    std::chrono::sys_seconds now) const;
  /// The two counts alone, which is quicker.
  std::pair<std::uint64_t, std::uint64_t> find_counts(
      std::string_view domain) const;

 private:
  struct Entry;
  using Bucket = std::atomic<Entry*>;

  Bucket& bucket(std::string_view domain) const;
  Entry* find_entry(std::string_view domain) const;
  Entry& entry(std::string_view domain);
  void turn_hour(Entry& entry, std::uint32_t hour);
  void turn_id(Entry& entry, std::uint64_t high, std::uint64_t low);

  std::unique_ptr<Bucket[]> buckets_;
  mutable std::mutex turning_;  // held when an id or the hour changes
};

}  // namespace mtasts::server
