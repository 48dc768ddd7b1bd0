// SPDX-License-Identifier: MIT
#include "snapshot/reload_status.hpp"

#include <algorithm>
#include <utility>

namespace mtasts::snapshot {
namespace {

constexpr std::size_t k_max_history = 50;
// One cause may be at fault a thousand times; nobody reads on.
constexpr std::size_t k_max_faults = 20;
constexpr std::size_t k_max_pending = 20;

}  // namespace

ReloadStatus::ReloadStatus(std::chrono::sys_seconds now) {
  view_.last = now;
  view_.last_good = view_.last;
}

void ReloadStatus::note_applied(std::chrono::sys_seconds now,
                                std::size_t changed, std::size_t removed,
                                bool is_news, bool is_whole) {
  const std::lock_guard lock(mutex_);
  ++view_.applied;
  view_.last = now;
  if (is_whole) {
    view_.last_good = view_.last;
    view_.faults.clear();
  }
  if (is_news) {
    remember({.time = view_.last,
              .applied = true,
              .changed = changed,
              .removed = removed,
              .fault = {}});
  }
}

void ReloadStatus::note_failed(std::chrono::sys_seconds now,
                               const Diagnostics& diagnostics, bool is_news) {
  const std::lock_guard lock(mutex_);
  ++view_.failed;
  view_.last = now;
  view_.faults.clear();
  for (const Diagnostic& one : diagnostics) {
    if (one.severity != Severity::error) continue;
    view_.faults.push_back(one);
    if (view_.faults.size() == k_max_faults) break;
  }
  if (is_news) {
    remember({.time = view_.last,
              .applied = false,
              .fault = view_.faults.empty()
                           ? std::string{}
                           : format_place(view_.faults.front().place) + ": " +
                                 view_.faults.front().message});
  }
}

void ReloadStatus::note_pending(std::vector<files::PendingChange> pending) {
  const std::lock_guard lock(mutex_);
  view_.pending_count = pending.size();
  std::stable_sort(
      pending.begin(), pending.end(),
      [](const files::PendingChange& a, const files::PendingChange& b) {
        return a.since < b.since;
      });
  pending.resize(std::min(pending.size(), k_max_pending));
  view_.pending = std::move(pending);
}

void ReloadStatus::remember(ReloadEvent event) {
  history_.push_front(std::move(event));
  if (history_.size() > k_max_history) history_.pop_back();
}

ReloadView ReloadStatus::view() const {
  const std::lock_guard lock(mutex_);
  ReloadView view = view_;
  view.history.assign(history_.begin(), history_.end());
  return view;
}

}  // namespace mtasts::snapshot
