// SPDX-License-Identifier: MIT
#include "snapshot/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "snapshot/history_file.hpp"
#include "sts/history_line.hpp"

namespace mtasts::snapshot {
namespace {

using std::chrono::sys_seconds;
using sts::HistoryLine;

/// That of the policies that are served still, or of the one that was last.
const sts::Served* find_last(const sts::Past& past) {
  const auto last =
      std::ranges::max_element(past.served(), {}, [](const sts::Served& one) {
        return std::pair(one.is_open(), one.last);
      });
  return last == past.served().end() ? nullptr : &*last;
}

bool is_open(const sts::Past& past) {
  return std::ranges::any_of(past.served(), &sts::Served::is_open);
}

/// Which domains were served when the program ended.
class Last {
 public:
  explicit Last(const Record& record)
      : record_(record),
        open_(static_cast<std::size_t>(std::ranges::count_if(
            record.domains,
            [](const auto& one) { return is_open(one.second); }))) {}

  bool has(const std::string& domain, const sts::Past& past) const {
    return open_ > 0 ? is_open(past) : record_.ended_last.contains(domain);
  }
  std::size_t count() const {
    return open_ > 0 ? open_ : record_.ended_last.size();
  }

 private:
  const Record& record_;
  std::size_t open_;  // domains
};

/// With a time, or as much of one as is left of a torn line.
bool begins_as_ours(std::string_view line) {
  constexpr std::size_t k_time_octets = 20;  // 2026-11-27T16:20:00Z
  return line.substr(0, k_time_octets).find_first_not_of("0123456789-T:Z") ==
         std::string_view::npos;
}

/// Notes what ends with others, at one time and behind all else: so a program
/// ends that is stopped. By the order of the lines, for a clock that was ahead
/// once has left a time behind that none comes after.
class LastEnds {
 public:
  explicit LastEnds(Record& record) : record_(record) {}

  void add(const HistoryLine& line) {
    if (line.event == HistoryLine::Event::serve || line.time != time_) {
      record_.ended_last.clear();
    }
    time_ = line.time;
    if (line.event == HistoryLine::Event::end) {
      record_.ended_last.insert(line.domain);
    }
  }

 private:
  Record& record_;
  sys_seconds time_{};
};

}  // namespace

bool Record::is_open(std::string_view domain, std::string_view id) const {
  const auto past = domains.find(domain);
  return past != domains.end() &&
         std::ranges::any_of(past->second.served(), [id](const auto& one) {
           return one.is_open() && one.id == id;
         });
}

Result<Record> read_record(const std::string& path) {
  Record record;
  LastEnds ends(record);
  std::size_t number = 0;
  const Result<void> read = HistoryFile::read(path, [&](std::string_view text) {
    ++number;
    if (text.empty()) return;
    record.has_own_lines = record.has_own_lines || begins_as_ours(text);
    const Result<HistoryLine> line = sts::parse_history_line(text);
    if (line) {
      record.domains[line->domain].add(*line);
      ends.add(*line);
    } else if (record.bad_lines++ == 0) {
      record.first_bad = number;
      record.why_bad = line.error().message;
    }
  });
  if (!read) return fail(read.error());
  return record;
}

bool Record::is_foreign() const { return bad_lines > 0 && !has_own_lines; }

Diagnostics check_record(const Record& record, const std::string& path) {
  if (record.bad_lines == 0) return {};
  if (record.is_foreign()) {
    return {{Severity::warning, "server.history-unusable", Place{path},
             "has no line of a history, and is left alone",
             "history names a file of its own"}};
  }
  return {{Severity::warning, "server.history-damaged",
           Place{path, static_cast<std::uint32_t>(record.first_bad), 1},
           fmt::format("{} of the history {} left out; of the first, {}",
                       record.bad_lines == 1
                           ? std::string("a line")
                           : fmt::format("{} lines", record.bad_lines),
                       record.bad_lines == 1 ? "is" : "are", record.why_bad),
           "what stood there is unknown: \"mta-sts history compact\" makes a "
           "file without it"}};
}

std::size_t count_last(const Record& record) { return Last(record).count(); }

void visit_changes(const Record& before, const config::Live& live,
                   const std::string& config, sys_seconds now,
                   const VisitChange& visit) {
  if (before.domains.empty()) return;
  const Last served_last(before);
  for (const auto& [domain, past] : before.domains) {
    const publish::Publication* after = live.find_domain(domain);
    // That others ended was allowed then.
    if (after == nullptr && !served_last.has(domain, past)) continue;
    const sts::Served* last = find_last(past);
    if (after != nullptr && last->id == after->id()) continue;
    DomainChange change{
        .domain = domain,
        .before = last->policy,
        .after = after,
        .enforced_until = past.enforced_until(now),
        .place = after == nullptr ? Place{config} : after->place()};
    visit(change);
  }
  for (const publish::PublicationPtr& entry : live.policies) {
    for (const std::string_view domain : entry->domains()) {
      if (before.domains.contains(domain)) continue;
      DomainChange change{.domain = std::string(domain),
                          .after = entry.get(),
                          .is_new = true,
                          .place = entry->place()};
      visit(change);
    }
  }
}

std::string format_ends(const Record& record, sys_seconds time) {
  std::string lines;
  for (const auto& [domain, past] : record.domains) {
    for (const sts::Served& one : past.served()) {
      if (!one.is_open()) continue;
      lines += sts::format_history_line({.time = time,
                                         .event = HistoryLine::Event::end,
                                         .domain = domain,
                                         .id = one.id,
                                         .policy = one.policy});
    }
  }
  return lines;
}

}  // namespace mtasts::snapshot
