// SPDX-License-Identifier: MIT
#include "process/all_cores.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "process/thread.hpp"

namespace mtasts::process {
namespace {

// A thread costs about as much to start as a file to read.
constexpr std::size_t k_least_parts = 256;
constexpr std::size_t k_parts_at_a_time = 16;
constexpr std::size_t k_max_threads = 16;
// Parsers of configuration and of certificates recurse, within bounds.
constexpr std::size_t k_stack_octets = 1024UL * 1024;

class Work {
 public:
  Work(std::size_t count, const RangeWork& work) : count_(count), work_(work) {}

  /// Takes parts until none is left.
  void run() {
    try {
      for (;;) {
        const std::size_t first = next_.fetch_add(k_parts_at_a_time);
        if (first >= count_) return;
        work_(first, std::min(first + k_parts_at_a_time, count_));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      thrown_ = std::current_exception();
      next_.store(count_);
    }
  }

  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  std::size_t count_;
  const RangeWork& work_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::exception_ptr thrown_;  // under mutex_
};

}  // namespace

void share_on_all_cores(std::size_t count, const RangeWork& work) {
  Work all(count, work);
  {
    std::vector<Thread> others;
    const std::size_t cores = std::clamp<std::size_t>(
        std::thread::hardware_concurrency(), 1, k_max_threads);
    try {
      while (count >= k_least_parts && others.size() + 1 < cores) {
        others.emplace_back(k_stack_octets, [&all] { all.run(); });
      }
    } catch (const std::system_error&) {
      // Fewer do as well.
    }
    all.run();
  }
  all.rethrow();
}

}  // namespace mtasts::process
