// SPDX-License-Identifier: MIT
#include "tool/history_compact.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "sts/life_cycle.hpp"

namespace mtasts::tool {
namespace {

using std::chrono::sys_seconds;
using sts::HistoryLine;

/// When it was served first and last; and as many hosts serve it still as
/// before, or one where it is not known when the last of them ceased to.
void add_served(const std::string& domain, const sts::Served& served,
                std::vector<HistoryLine>& lines) {
  const auto add = [&](sys_seconds time, HistoryLine::Event event) {
    lines.push_back({.time = time,
                     .event = event,
                     .domain = domain,
                     .id = served.id,
                     .policy = served.policy});
  };
  if (!served.is_open() || served.first != served.last) {
    add(served.first, HistoryLine::Event::serve);
    add(served.last, HistoryLine::Event::end);
  }
  if (!served.is_open()) return;
  for (std::size_t i = 0; i < std::max<std::size_t>(served.hosts, 1); ++i) {
    add(served.last, HistoryLine::Event::serve);
  }
}

/// The times of a clock that was set back; see merge_lines().
void put_right(std::vector<HistoryLine>& history) {
  std::vector<bool> is_behind;
  sys_seconds latest = sys_seconds::min();
  for (HistoryLine& line : history) {
    is_behind.push_back(line.time < latest);
    latest = std::max(latest, line.time);
    if (is_behind.back()) line.time = latest;
  }
  std::optional<sys_seconds> right;
  for (std::size_t i = history.size(); i-- > 0;) {
    if (!is_behind[i]) {
      right = history[i].time;
    } else if (history[i].event == HistoryLine::Event::end) {
      history[i].time = right.value_or(sys_seconds::max());
    }
  }
  std::erase_if(history, [](const HistoryLine& line) {
    return line.time == sys_seconds::max();
  });
}

}  // namespace

std::vector<HistoryLine> merge_lines(
    std::vector<std::vector<HistoryLine>> histories) {
  std::vector<HistoryLine> lines;
  for (std::vector<HistoryLine>& history : histories) {
    put_right(history);
    std::ranges::move(history, std::back_inserter(lines));
  }
  std::ranges::stable_sort(lines, {}, &HistoryLine::time);
  return lines;
}

std::vector<HistoryLine> compact_lines(const std::vector<HistoryLine>& lines,
                                       sys_seconds now) {
  std::map<std::string, sts::Past> pasts;
  for (const HistoryLine& line : lines) pasts[line.domain].add(line);
  std::vector<HistoryLine> kept;
  for (const auto& [domain, past] : pasts) {
    const auto last = std::ranges::max_element(
        past.served(), {},
        [now](const sts::Served& one) { return one.served_until(now); });
    for (const sts::Served& one : past.served()) {
      if (&one != &*last && !one.is_open() && one.cached_until(now) < now) {
        continue;
      }
      add_served(domain, one, kept);
    }
  }
  std::ranges::stable_sort(kept, {}, &HistoryLine::time);
  return kept;
}

}  // namespace mtasts::tool
