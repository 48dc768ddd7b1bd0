// SPDX-License-Identifier: MIT
#include "sts/life_cycle.hpp"

#include <algorithm>

namespace mtasts::sts {
namespace {

using std::chrono::sys_seconds;

/// The latest of those that `is_one` chooses; nothing when it chooses none.
template <class IsOne>
std::optional<sys_seconds> find_last(const std::vector<Served>& all,
                                     sys_seconds now, IsOne is_one) {
  std::optional<sys_seconds> last;
  for (const Served& one : all) {
    if (is_one(one.policy)) last = std::max(last, {one.cached_until(now)});
  }
  return last;
}

}  // namespace

sys_seconds Served::served_until(sys_seconds now) const {
  return is_open() ? std::max(now, last) : last;
}

void Past::add(const HistoryLine& line) {
  const bool is_behind = line.time < latest_;
  latest_ = std::max(latest_, line.time);
  // The clock is right again: what had ended before, at a time that nobody
  // knows, had ended now.
  for (Served& one : served_) {
    if (is_behind || !one.is_end_unsure) continue;
    one.is_end_unsure = false;
    one.last = std::max(one.last, line.time);
  }
  auto known = std::ranges::find(served_, line.id, &Served::id);
  if (known == served_.end()) {
    known = served_.insert(known, {.id = line.id,
                                   .policy = line.policy,
                                   .first = line.time,
                                   .last = line.time});
  }
  known->first = std::min(known->first, line.time);
  known->last = std::max(known->last, line.time);
  if (line.event == HistoryLine::Event::serve) {
    ++known->hosts;
    return;
  }
  if (known->hosts > 0) --known->hosts;
  known->is_end_unsure = known->is_end_unsure || is_behind;
}

std::optional<sys_seconds> Past::cached_until(sys_seconds now) const {
  return find_last(served_, now, [](const Policy& policy) {
    return policy.mode() != Mode::none;
  });
}

std::optional<sys_seconds> Past::enforced_until(sys_seconds now) const {
  return find_last(served_, now, [](const Policy& policy) {
    return policy.mode() == Mode::enforce;
  });
}

}  // namespace mtasts::sts
