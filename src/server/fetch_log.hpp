// SPDX-License-Identifier: MIT
// Who has fetched which policy, and when: for each domain that is served, by
// the id of the policy and by family of sender. Kept in memory and bounded: no
// client's address is in it, and only names that are served here get an entry,
// with their first fetch and for good.
//
// One mutex: what it holds up is little beside the handshake before it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/sender_family.hpp"

namespace mtasts::server {

constexpr std::size_t k_hours_kept = 24;

/// Fetches by one family. Times are of the first and the last one.
struct FamilyFetches {
  // In 32 bits: each domain has 28 of them.
  using Second = std::chrono::sys_time<std::chrono::duration<std::uint32_t>>;

  std::uint32_t count = 0;
  Second first;
  Second last;
};

using FetchesByFamily = std::array<FamilyFetches, k_sender_family_names.size()>;

/// Fetches of the policy with one id.
struct IdFetches {
  std::string id;  // empty: there was none
  FetchesByFamily by_family;

  FamilyFetches total() const;
  /// The families that have fetched it, by their names.
  std::vector<std::pair<std::string_view, FamilyFetches>> families() const;
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
  /// The policy of `domain` with `id`, 32 hex digits, was sent at `now`.
  void count(std::string_view domain, std::string_view id, SenderFamily family,
             std::chrono::sys_seconds now);
  /// Its policy host gave another answer.
  void count_refused(std::string_view domain);

  /// What was counted; nothing when nobody has asked for `domain`.
  std::optional<DomainFetches> find(std::string_view domain,
                                    std::chrono::sys_seconds now) const;
  /// The two counts alone, which is quicker.
  std::pair<std::uint64_t, std::uint64_t> counts_of(
      std::string_view domain) const;

 private:
  /// The digits of an id as numbers, a third of their size; both 0: none.
  struct Id {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend bool operator==(const Id&, const Id&) = default;
  };
  struct Stored {
    Id id;
    FetchesByFamily by_family;
  };
  struct Entry {
    std::uint64_t answered = 0;
    std::uint64_t refused = 0;
    Stored current;
    Stored previous;
    std::uint32_t hour = 0;  // of the last fetch, since the epoch
    std::array<std::uint32_t, k_hours_kept> hours{};  // at hour % 24

    void turn_to(std::uint32_t now);
  };
  static Id parse_id(std::string_view digits);
  static IdFetches read(const Stored& stored);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace mtasts::server
