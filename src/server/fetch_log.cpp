// SPDX-License-Identifier: MIT
#include "server/fetch_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mtasts::server {
namespace {

constexpr std::size_t k_half_id_digits = 16;

std::uint64_t parse_half(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

std::uint32_t to_hour(std::chrono::sys_seconds time) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count());
}

}  // namespace

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

std::vector<std::pair<std::string_view, FamilyFetches>> IdFetches::families()
    const {
  std::vector<std::pair<std::string_view, FamilyFetches>> found;
  for (std::size_t i = 0; i < by_family.size(); ++i) {
    if (by_family[i].count == 0) continue;
    found.emplace_back(k_sender_family_names[i], by_family[i]);
  }
  return found;
}

FetchLog::Id FetchLog::parse_id(std::string_view digits) {
  return {.high = parse_half(digits.substr(0, k_half_id_digits)),
          .low = parse_half(digits.substr(k_half_id_digits))};
}

IdFetches FetchLog::read(const Stored& stored) {
  if (stored.id == Id{}) return {};
  return {.id = fmt::format("{:016x}{:016x}", stored.id.high, stored.id.low),
          .by_family = stored.by_family};
}

/// Clears the hours between the last fetch and this one: of 24 hours ago, they
/// would be taken for those of today.
void FetchLog::Entry::turn_to(std::uint32_t now) {
  // Another thread was quicker, or the clock was set back a little.
  if (now <= hour && hour - now < k_hours_kept) return;
  // Back by more, it was wrong before: what was counted then is of no hour.
  const std::uint32_t passed =
      now < hour ? k_hours_kept
                 : std::min<std::uint32_t>(now - hour, k_hours_kept);
  for (std::uint32_t i = 0; i < passed; ++i) {
    hours[(now - i) % k_hours_kept] = 0;
  }
  hour = now;
}

void FetchLog::count(std::string_view domain, std::string_view id,
                     SenderFamily family, std::chrono::sys_seconds now) {
  const Id wanted = parse_id(id);
  const std::lock_guard lock(mutex_);
  Entry& one = entries_[std::string(domain)];
  ++one.answered;
  // A thread may serve the old policy for a moment longer than another.
  const bool is_previous = one.previous.id == wanted;
  if (!is_previous && one.current.id != wanted) {
    one.previous = std::exchange(one.current, {.id = wanted, .by_family = {}});
  }
  FamilyFetches& fetches = (is_previous ? one.previous : one.current)
                               .by_family[static_cast<std::size_t>(family)];
  if (fetches.count++ == 0) fetches.first = now;
  fetches.last = now;
  const std::uint32_t hour = to_hour(now);
  one.turn_to(hour);
  ++one.hours[hour % k_hours_kept];
}

void FetchLog::count_refused(std::string_view domain) {
  const std::lock_guard lock(mutex_);
  ++entries_[std::string(domain)].refused;
}

std::optional<DomainFetches> FetchLog::find(
    std::string_view domain, std::chrono::sys_seconds now) const {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(std::string(domain));
  if (known == entries_.end()) return std::nullopt;
  const Entry& one = known->second;
  DomainFetches fetches{.answered = one.answered,
                        .refused = one.refused,
                        .current = read(one.current),
                        .previous = read(one.previous)};
  const std::uint32_t hour = to_hour(now);
  for (std::uint32_t age = 0; age < k_hours_kept; ++age) {
    const std::uint32_t then = hour - age;
    if (then > one.hour || one.hour - then >= k_hours_kept) continue;
    fetches.hours[k_hours_kept - 1 - age] = one.hours[then % k_hours_kept];
  }
  return fetches;
}

std::pair<std::uint64_t, std::uint64_t> FetchLog::counts_of(
    std::string_view domain) const {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(std::string(domain));
  if (known == entries_.end()) return {0, 0};
  return {known->second.answered, known->second.refused};
}

}  // namespace mtasts::server
