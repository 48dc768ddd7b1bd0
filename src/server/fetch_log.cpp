// SPDX-License-Identifier: MIT
#include "server/fetch_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

namespace mtasts::server {
namespace {

constexpr std::size_t k_buckets = 16'384;
constexpr std::size_t k_half_id_digits = 16;
constexpr auto k_relaxed = std::memory_order_relaxed;

struct AtomicFetches {
  std::atomic<std::uint32_t> count{0};
  std::atomic<std::uint32_t> first{0};  // seconds since the epoch
  std::atomic<std::uint32_t> last{0};
};

struct AtomicIdFetches {
  std::atomic<std::uint64_t> high{0};  // the id's digits; both 0: none
  std::atomic<std::uint64_t> low{0};
  std::array<AtomicFetches, k_sender_family_names.size()> by_family;

  bool has(std::uint64_t wanted_high, std::uint64_t wanted_low) const {
    return high.load(k_relaxed) == wanted_high &&
           low.load(k_relaxed) == wanted_low;
  }
};

std::uint64_t parse_half(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

std::uint32_t to_seconds(std::chrono::sys_seconds time) {
  return static_cast<std::uint32_t>(time.time_since_epoch().count());
}

std::uint32_t to_hour(std::chrono::sys_seconds time) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count());
}

std::chrono::sys_seconds to_time(const std::atomic<std::uint32_t>& seconds) {
  return std::chrono::sys_seconds(
      std::chrono::seconds(seconds.load(k_relaxed)));
}

void copy(const AtomicIdFetches& from, AtomicIdFetches& to) {
  to.high.store(from.high.load(k_relaxed), k_relaxed);
  to.low.store(from.low.load(k_relaxed), k_relaxed);
  for (std::size_t i = 0; i < from.by_family.size(); ++i) {
    const AtomicFetches& source = from.by_family[i];
    AtomicFetches& target = to.by_family[i];
    target.count.store(source.count.load(k_relaxed), k_relaxed);
    target.first.store(source.first.load(k_relaxed), k_relaxed);
    target.last.store(source.last.load(k_relaxed), k_relaxed);
  }
}

IdFetches read(const AtomicIdFetches& from) {
  IdFetches fetches;
  const std::uint64_t high = from.high.load(k_relaxed);
  const std::uint64_t low = from.low.load(k_relaxed);
  if (high == 0 && low == 0) return fetches;
  fetches.id = fmt::format("{:016x}{:016x}", high, low);
  for (std::size_t i = 0; i < from.by_family.size(); ++i) {
    fetches.by_family[i] = {.count = from.by_family[i].count.load(k_relaxed),
                            .first = to_time(from.by_family[i].first),
                            .last = to_time(from.by_family[i].last)};
  }
  return fetches;
}

}  // namespace

struct FetchLog::Entry {
  explicit Entry(std::string_view name) : domain(name) {}

  const std::string domain;
  Entry* next = nullptr;
  std::atomic<std::uint64_t> answered{0};
  std::atomic<std::uint64_t> refused{0};
  AtomicIdFetches current;
  AtomicIdFetches previous;
  std::atomic<std::uint32_t> hour{0};  // of the last fetch, since the epoch
  std::array<std::atomic<std::uint32_t>, k_hours_kept> hours{};  // hour % 24
};

FamilyFetches IdFetches::total() const {
  FamilyFetches all;
  for (const FamilyFetches& one : by_family) {
    if (one.count == 0) continue;
    all.first = all.count == 0 ? one.first : std::min(all.first, one.first);
    all.last = std::max(all.last, one.last);
    all.count += one.count;
  }
  return all;
}

FetchLog::FetchLog() : buckets_(std::make_unique<Bucket[]>(k_buckets)) {}

FetchLog::~FetchLog() {
  for (std::size_t i = 0; i < k_buckets; ++i) {
    for (Entry* entry = buckets_[i].load(); entry != nullptr;) {
      delete std::exchange(entry, entry->next);
    }
  }
}

FetchLog::Bucket& FetchLog::bucket(std::string_view domain) const {
  return buckets_[std::hash<std::string_view>{}(domain) % k_buckets];
}

FetchLog::Entry* FetchLog::find_entry(std::string_view domain) const {
  Entry* entry = bucket(domain).load(std::memory_order_acquire);
  while (entry != nullptr && entry->domain != domain) entry = entry->next;
  return entry;
}

/// Entries are only ever added, so readers need no lock.
FetchLog::Entry& FetchLog::entry(std::string_view domain) {
  if (Entry* known = find_entry(domain)) return *known;
  const std::lock_guard lock(turning_);
  if (Entry* known = find_entry(domain)) return *known;
  Bucket& home = bucket(domain);
  auto made = std::make_unique<Entry>(domain);
  made->next = home.load(k_relaxed);
  home.store(made.get(), std::memory_order_release);
  return *made.release();
}

void FetchLog::turn_hour(Entry& entry, std::uint32_t hour) {
  const std::lock_guard lock(turning_);
  const std::uint32_t last = entry.hour.load(k_relaxed);
  // Another thread was quicker, or the clock was set back a little.
  if (hour <= last && last - hour < k_hours_kept) return;
  // Back by more, it was wrong before: what was counted then is of no hour.
  const std::uint32_t passed =
      hour < last ? k_hours_kept
                  : std::min<std::uint32_t>(hour - last, k_hours_kept);
  for (std::uint32_t i = 0; i < passed; ++i) {
    entry.hours[(hour - i) % k_hours_kept].store(0, k_relaxed);
  }
  entry.hour.store(hour, k_relaxed);
}

void FetchLog::turn_id(Entry& entry, std::uint64_t high, std::uint64_t low) {
  const std::lock_guard lock(turning_);
  if (entry.current.has(high, low)) return;
  copy(entry.current, entry.previous);
  copy(AtomicIdFetches{}, entry.current);
  entry.current.high.store(high, k_relaxed);
  entry.current.low.store(low, k_relaxed);
}

void FetchLog::count(std::string_view domain, std::string_view id,
                     SenderFamily family, std::chrono::sys_seconds now) {
  Entry& one = entry(domain);
  one.answered.fetch_add(1, k_relaxed);
  const std::uint64_t high = parse_half(id.substr(0, k_half_id_digits));
  const std::uint64_t low = parse_half(id.substr(k_half_id_digits));
  // A thread may serve the old policy for a moment longer than another.
  const bool is_previous = one.previous.has(high, low);
  if (!is_previous && !one.current.has(high, low)) turn_id(one, high, low);
  AtomicFetches& fetches = (is_previous ? one.previous : one.current)
                               .by_family[static_cast<std::size_t>(family)];
  const std::uint32_t seconds = to_seconds(now);
  if (fetches.count.fetch_add(1, k_relaxed) == 0) {
    fetches.first.store(seconds, k_relaxed);
  }
  fetches.last.store(seconds, k_relaxed);
  const std::uint32_t hour = to_hour(now);
  if (hour != one.hour.load(k_relaxed)) turn_hour(one, hour);
  one.hours[hour % k_hours_kept].fetch_add(1, k_relaxed);
}

void FetchLog::count_refused(std::string_view domain) {
  entry(domain).refused.fetch_add(1, k_relaxed);
}

std::optional<DomainFetches> FetchLog::find(
    std::string_view domain, std::chrono::sys_seconds now) const {
  const Entry* one = find_entry(domain);
  if (one == nullptr) return std::nullopt;
  const std::lock_guard lock(turning_);
  DomainFetches fetches{.answered = one->answered.load(k_relaxed),
                        .refused = one->refused.load(k_relaxed),
                        .current = read(one->current),
                        .previous = read(one->previous)};
  const std::uint32_t hour = to_hour(now);
  const std::uint32_t last = one->hour.load(k_relaxed);
  for (std::uint32_t age = 0; age < k_hours_kept; ++age) {
    const std::uint32_t then = hour - age;
    if (then > last || last - then >= k_hours_kept) continue;
    fetches.hours[k_hours_kept - 1 - age] =
        one->hours[then % k_hours_kept].load(k_relaxed);
  }
  return fetches;
}

std::pair<std::uint64_t, std::uint64_t> FetchLog::find_counts(
    std::string_view domain) const {
  const Entry* one = find_entry(domain);
  if (one == nullptr) return {0, 0};
  return {one->answered.load(k_relaxed), one->refused.load(k_relaxed)};
}

}  // namespace mtasts::server
