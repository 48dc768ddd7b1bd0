// SPDX-License-Identifier: MIT
#include "tool/survey.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "process/thread.hpp"

namespace mtasts::tool {
namespace {

// A handshake and a chain of certificates; 256 of them shall be cheap.
constexpr std::size_t k_stack_octets = std::size_t{512} * 1024;
// How many results may wait for one before them, for each job.
constexpr std::size_t k_waiting_for_each = 8;

/// Hands out domains and takes results, for any number of threads.
class Desk {
 public:
  Desk(const Survey& survey, std::size_t count)
      : survey_(survey),
        count_(count),
        most_ahead_(survey.jobs * k_waiting_for_each) {}

  /// The number of the next domain; nothing when there is no more to do. Waits
  /// while too many results are there that can't be taken yet.
  std::optional<std::size_t> take_number() {
    std::unique_lock lock(mutex_);
    taken_one_.wait(lock, [this] {
      return has_ended_ || next_ == count_ || next_ - taken_ < most_ahead_;
    });
    if (has_ended_ || next_ == count_ || !survey_.is_useful()) {
      return std::nullopt;
    }
    return next_++;
  }

  void add(std::size_t number, verify::Judged judged) {
    const std::lock_guard lock(mutex_);
    if (survey_.order == Order::as_done) {
      hand_over(judged);
    } else {
      waiting_.emplace(number, std::move(judged));
      while (!waiting_.empty() && waiting_.begin()->first == taken_) {
        hand_over(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
      }
    }
    taken_one_.notify_all();
  }

  /// When all threads are done.
  std::size_t handed_over() const { return handed_over_; }

 private:
  void hand_over(const verify::Judged& judged) {
    ++taken_;
    if (has_ended_) return;
    has_ended_ = !survey_.take(judged);
    if (!has_ended_) ++handed_over_;
  }

  const Survey& survey_;
  const std::size_t count_;
  const std::size_t most_ahead_;
  std::mutex mutex_;
  std::condition_variable taken_one_;
  std::size_t next_ = 0;
  std::size_t taken_ = 0;
  std::size_t handed_over_ = 0;
  std::map<std::size_t, verify::Judged> waiting_ = {};
  bool has_ended_ = false;
};

}  // namespace

std::size_t run_survey(const Survey& survey,
                       const std::vector<std::string>& domains) {
  Desk desk(survey, domains.size());
  {
    std::vector<process::Thread> threads;
    const std::size_t jobs = std::min(survey.jobs, domains.size());
    threads.reserve(jobs);
    for (std::size_t i = 0; i < jobs; ++i) {
      threads.emplace_back(k_stack_octets, [&] {
        while (const std::optional<std::size_t> number = desk.take_number()) {
          desk.add(*number, survey.look(domains[*number]));
        }
      });
    }
  }
  return desk.handed_over();
}

}  // namespace mtasts::tool
