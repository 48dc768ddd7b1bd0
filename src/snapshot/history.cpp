// SPDX-License-Identifier: MIT
#include "snapshot/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "log.hpp"
#include "sts/history_line.hpp"

namespace mtasts::snapshot {
namespace {

using std::chrono::sys_seconds;
using sts::HistoryLine;

constexpr std::chrono::minutes k_retry_interval{1};
// Of the second in which something ends, and what is answered in it.
constexpr std::chrono::seconds k_rest{1};

std::size_t hash(std::string_view domain) {
  return std::hash<std::string_view>{}(domain);
}

/// With another day on which it retires only.
bool has_same_id(const DomainChange& one, const config::Live& older) {
  return one.before && one.after != nullptr &&
         older.find_domain(one.domain)->id() == one.after->id();
}

/// Senders that got `policy` at `now`; of a Policy or a Publication.
template <class Policy>
Held held_from(const Policy& policy, sys_seconds now) {
  Held held;
  if (policy.mode() != sts::Mode::none) held.cached = now + policy.max_age();
  if (policy.mode() == sts::Mode::enforce) held.enforced = held.cached;
  return held;
}

Held later(const Held& a, const Held& b) {
  return {.cached = std::max(a.cached, b.cached),
          .enforced = std::max(a.enforced, b.enforced)};
}

}  // namespace

/// By a clock that is never set back, so that nothing ends too early: where the
/// time of day is behind, the time that has gone by counts; unless it was set
/// forward before, and that is taken back.
sys_seconds History::now() const {
  constexpr std::chrono::hours k_jump{1};
  const files::Moment moment = clock_();
  const auto expect = [&moment](const files::Moment& from) {
    return from.wall + std::chrono::floor<std::chrono::seconds>(moment.steady -
                                                                from.steady);
  };
  if (!latest_) latest_ = moment;
  const sys_seconds expected = expect(*latest_);
  if (moment.wall > expected) {
    if (moment.wall > expected + k_jump) before_jump_ = *latest_;
    latest_ = moment;
    return moment.wall;
  }
  if (before_jump_ && moment.wall < expected - k_jump &&
      moment.wall >= expect(*before_jump_) - k_jump) {
    latest_ = {moment.steady, std::max(moment.wall, expect(*before_jump_))};
    before_jump_.reset();
    return latest_->wall;
  }
  return expected;
}

sys_seconds History::safe_now() const {
  const std::lock_guard lock(mutex_);
  return now();
}

Diagnostics History::open(const std::string& path) {
  Diagnostics found;
  if (path.empty()) return found;
  const auto warn = [&](const Error& error) {
    found.push_back({Severity::warning, "server.history-unusable", Place{path},
                     error.message, error.hint});
  };
  path_ = path;
  Result<Record> record = read_record(path);
  if (record && record->is_foreign()) {
    found = check_record(*record, path);
    fault_ = found.front().message;
    return found;
  }
  if (record) {
    record_ = *std::move(record);
    append(found, check_record(record_, path));
  } else {
    warn(record.error());
  }
  Result<HistoryFile> file = HistoryFile::open(path);
  if (file) {
    file_.emplace(*std::move(file));
  } else {
    fault_ = file.error().message;
    if (found.empty()) warn(file.error());
  }
  return found;
}

Diagnostics History::judge_first(const config::Live& first,
                                 const std::string& config) {
  const sys_seconds time = safe_now();
  Judgement judgement(first.guard, time);
  visit_changes(record_, first, config, time,
                [&](const DomainChange& one) { judgement.add(one); });
  Diagnostics found = judgement.take(count_last(record_));
  // From now on it is known that nobody gets them any more, so that what is
  // told of their end stays true; but from somebody else who runs already.
  if (has_errors(found) && file_ && file_->is_alone()) {
    write(format_ends(record_, time + k_rest));
  }
  return found;
}

Diagnostics History::judge(const config::Live& older, const config::Live& newer,
                           const std::vector<std::string>& domains) const {
  const std::lock_guard lock(mutex_);
  const sys_seconds time = now();
  Judgement judgement(newer.guard, time);
  visit_changes(older, newer, domains, [&](DomainChange& one) {
    one.enforced_until = held_before(one.domain).enforced;
    if (path_.empty() && !one.enforced_until && one.retired_from) {
      one.enforced_until = *one.retired_from;
    }
    one.is_new =
        !path_.empty() && !one.before && !known_.contains(hash(one.domain));
    // It is served as long as the change is refused: one day is told for all of
    // a day, so that the same is not said again and again.
    const std::optional<sys_seconds> enforced =
        one.before ? held_from(*one.before, time).enforced : std::nullopt;
    if (enforced) {
      one.enforced_until =
          std::max(one.enforced_until,
                   {std::chrono::ceil<std::chrono::days>(*enforced)});
    }
    judgement.add(one);
  });
  return judgement.take(older.by_domain.size());
}

void History::begin(const config::Live& first) {
  const Record record = std::exchange(record_, {});
  const sys_seconds time = safe_now();
  std::string lines;
  for (const auto& [domain, past] : record.domains) {
    const publish::Publication* served = first.find_domain(domain);
    for (const sts::Served& one : past.served()) {
      if (!one.is_open() || (served != nullptr && one.id == served->id())) {
        continue;
      }
      add_line(lines, time + k_rest, HistoryLine::Event::end, domain, one.id,
               one.policy);
    }
    const std::lock_guard lock(mutex_);
    known_.insert(hash(domain));
    forget_covered(domain,
                   {.cached = past.cached_until(time),
                    .enforced = past.enforced_until(time)},
                   served, time);
  }
  if (path_.empty()) return;  // nobody asks
  for (const publish::PublicationPtr& entry : first.policies) {
    for (const std::string_view name : entry->domains()) {
      note_known(name);
      if (record.is_open(name, entry->id())) continue;
      add_line(lines, time, HistoryLine::Event::serve, name, entry->id(),
               entry->policy());
    }
  }
  write(lines);
}

void History::announce(const config::Live& older, const config::Live& newer,
                       const std::vector<std::string>& domains) {
  if (path_.empty()) return;  // nobody asks
  const sys_seconds time = safe_now();
  std::string lines;
  visit_changes(older, newer, domains, [&](const DomainChange& one) {
    note_known(one.domain);
    if (one.after == nullptr || has_same_id(one, older)) return;
    add_line(lines, time, HistoryLine::Event::serve, one.domain,
             one.after->id(), one.after->policy());
  });
  write(lines);
}

void History::replace(const config::Live& older, const config::Live& newer,
                      const std::vector<std::string>& domains) {
  const sys_seconds time = safe_now() + k_rest;
  std::string lines;
  visit_changes(older, newer, domains, [&](const DomainChange& one) {
    if (!one.before) return;
    {
      const std::lock_guard lock(mutex_);
      forget_covered(
          one.domain,
          later(held_before(one.domain), held_from(*one.before, time)),
          one.after, time);
    }
    if (has_same_id(one, older)) return;
    add_line(lines, time, HistoryLine::Event::end, one.domain,
             older.find_domain(one.domain)->id(), *one.before);
  });
  write(lines);
}

void History::end(const config::Live& last) {
  constexpr std::size_t k_most = 1000;
  if (last.by_domain.size() > k_most) return;
  const sys_seconds time = safe_now() + k_rest;
  std::string lines;
  for (const publish::PublicationPtr& entry : last.policies) {
    for (const std::string_view domain : entry->domains()) {
      add_line(lines, time, HistoryLine::Event::end, domain, entry->id(),
               entry->policy());
    }
  }
  write(lines);
}

void History::retry() {
  if (path_.empty()) return;
  safe_now();
  const auto steady = clock_().steady;
  if (steady < next_try_) return;
  next_try_ = steady + k_retry_interval;
  write({});
}

Held History::held(const std::string& domain,
                   const publish::Publication& served) const {
  const std::lock_guard lock(mutex_);
  return later(held_before(domain), held_from(served, now()));
}

History::State History::state() const {
  const std::lock_guard lock(mutex_);
  if (path_.empty()) return State::none;
  return fault_.empty() ? State::good : State::incomplete;
}

Held History::held_before(const std::string& domain) const {
  const auto found = before_.find(domain);
  return found == before_.end() ? Held{} : found->second;
}

/// Keeps of `before` what outlasts that which is served now. Of 100,000 domains
/// few have anything.
void History::forget_covered(const std::string& domain, Held before,
                             const publish::Publication* served,
                             sys_seconds now) {
  const Held covered = served == nullptr ? Held{} : held_from(*served, now);
  const auto keep = [now](std::optional<sys_seconds>& one,
                          std::optional<sys_seconds> by) {
    if (one <= by || *one <= now) one.reset();
  };
  keep(before.cached, covered.cached);
  keep(before.enforced, covered.enforced);
  if (before.cached || before.enforced) {
    before_.insert_or_assign(domain, before);
  } else {
    before_.erase(domain);
  }
}

void History::note_known(std::string_view domain) {
  const std::lock_guard lock(mutex_);
  known_.insert(hash(domain));
}

/// Writes `lines`, in pieces: those of 100,000 domains have 15 MB.
void History::add_line(std::string& lines, sys_seconds time,
                       HistoryLine::Event event, std::string_view domain,
                       std::string_view id, const sts::Policy& policy) {
  constexpr std::size_t k_piece = std::size_t{1} << 20;
  if (!file_) return;
  lines += sts::format_history_line({.time = time,
                                     .event = event,
                                     .domain = std::string(domain),
                                     .id = std::string(id),
                                     .policy = policy});
  if (lines.size() < k_piece) return;
  write(lines);
  lines.clear();
}

void History::write(const std::string& lines) {
  if (file_) note(file_->append(lines));
}

/// Each fault once, and that it is over.
void History::note(const Result<void>& written) {
  std::string fault = written ? std::string{} : written.error().message;
  const std::lock_guard lock(mutex_);
  if (fault == fault_) return;
  if (written) {
    log::info("history-complete", {{"file", path_}});
  } else {
    log::warning(
        "history-incomplete",
        {{"file", path_}, {"message", fault}, {"hint", written.error().hint}});
  }
  fault_ = std::move(fault);
}

}  // namespace mtasts::snapshot
