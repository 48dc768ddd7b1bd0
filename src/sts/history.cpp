// SPDX-License-Identifier: MIT
#include "sts/history.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::sts {
namespace {

using std::chrono::sys_seconds;
using Event = HistoryLine::Event;

HistoryLine make_line(sys_seconds time, Event event, const std::string& domain,
                      const Policy& policy) {
  return {.time = time,
          .event = event,
          .domain = domain,
          .id = policy_id(format_policy(policy)),
          .policy = policy};
}

}  // namespace

Lines merge(std::vector<Lines> histories) {
  Lines merged;
  std::vector<std::size_t> next(histories.size(), 0);
  for (;;) {
    Lines* first = nullptr;
    std::size_t* at = nullptr;
    for (std::size_t i = 0; i < histories.size(); ++i) {
      if (next[i] == histories[i].size()) continue;
      if (first == nullptr || histories[i][next[i]].time < (*first)[*at].time) {
        first = &histories[i];
        at = &next[i];
      }
    }
    if (first == nullptr) return merged;
    merged.push_back(std::move((*first)[(*at)++]));
  }
}

std::map<std::string, Past> read_pasts(const Lines& lines) {
  std::map<std::string, Past> pasts;
  for (const HistoryLine& line : lines) pasts[line.domain].add(line);
  return pasts;
}

Lines compact(const Lines& lines, sys_seconds now) {
  Lines kept;
  for (auto& [domain, past] : read_pasts(lines)) {
    past.forget_expired(now);
    for (const Served& one : past.served()) {
      // Where its end is not sure it has none, and counts as served.
      const std::size_t hosts =
          one.is_open() ? std::max<std::size_t>(one.hosts, 1) : 1;
      for (std::size_t i = 0; i < hosts; ++i) {
        kept.push_back(make_line(one.is_open() ? one.last : one.first,
                                 Event::serve, domain, one.policy));
      }
      if (one.is_open()) continue;
      kept.push_back(make_line(one.last, Event::end, domain, one.policy));
    }
  }
  std::ranges::stable_sort(kept, {}, &HistoryLine::time);
  return kept;
}

Lines compare(const State& before, const State& after, sys_seconds time) {
  Lines lines;
  for (const auto& [domain, policy] : before) {
    const auto same = after.find(domain);
    if (same != after.end() && same->second == policy) continue;
    lines.push_back(make_line(time, Event::end, domain, policy));
  }
  for (const auto& [domain, policy] : after) {
    const auto same = before.find(domain);
    if (same != before.end() && same->second == policy) continue;
    lines.push_back(make_line(time, Event::serve, domain, policy));
  }
  return lines;
}

}  // namespace mtasts::sts
