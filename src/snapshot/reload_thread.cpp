// SPDX-License-Identifier: MIT
#include "snapshot/reload_thread.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace mtasts::snapshot {
namespace {

// What the deepest file that is not refused takes is a tenth of it.
constexpr std::size_t k_stack_octets = 8 * 1024 * 1024;
// What a thread that only waits needs to end, on a machine that is busy.
constexpr std::chrono::milliseconds k_time_to_end{300};
// So that with no more than some thousand files every edit is heard of from the
// first moment on; with more, the start does not wait for the first look.
constexpr int k_first_look_ms = 50;

int make_event() { return ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void signal_event(const files::Descriptor& event) {
  const std::uint64_t one = 1;
  // It can only fail when it is signalled already.
  [[maybe_unused]] const ssize_t written =
      ::write(event.fd(), &one, sizeof one);
}

void clear_event(const files::Descriptor& event) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(event.fd(), &count, sizeof count);
}

}  // namespace

ReloadThread::ReloadThread(Reloader& reloader, const SnapshotHolder& holder,
                           Publish publish)
    : reloader_(reloader),
      holder_(holder),
      publish_(std::move(publish)),
      wake_(make_event()),
      news_(make_event()) {}

ReloadThread::~ReloadThread() {
  if (!thread_) return;
  stopping_.store(true);
  signal_event(wake_);
}

void ReloadThread::start() {
  if (wake_.fd() < 0 || news_.fd() < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  ended_.store(false);
  thread_.emplace(k_stack_octets, [this] { run(); });
  pollfd looked{.fd = news_.fd(), .events = POLLIN, .revents = 0};
  ::poll(&looked, 1, k_first_look_ms);
}

void ReloadThread::request() {
  asked_.fetch_add(1);
  signal_event(wake_);
}

void ReloadThread::clear() { clear_event(news_); }

bool ReloadThread::stop() {
  stopping_.store(true);
  signal_event(wake_);
  const auto end = std::chrono::steady_clock::now() + k_time_to_end;
  while (!ended_.load()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{.fd = news_.fd(), .events = POLLIN, .revents = 0};
    ::poll(&waiting, 1, static_cast<int>(left.count()));
    clear();
  }
  return true;
}

void ReloadThread::run() {
  std::uint64_t taken = 0;
  while (!stopping_.load()) {
    std::array<pollfd, 2> waiting = {
        {{wake_.fd(), POLLIN, 0}, {reloader_.fd(), POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(),
           static_cast<int>(reloader_.wait_time().count()));
    clear_event(wake_);
    if (stopping_.load()) break;
    const std::uint64_t asked = asked_.load();
    if (std::exchange(taken, asked) != asked) reloader_.request();
    const std::uint64_t before = holder_.generation();
    const std::vector<std::string> changed = reloader_.run();
    if (holder_.generation() != before) publish_(changed);
    if (!reloader_.is_requested()) answered_.store(taken);
    signal_event(news_);
  }
  ended_.store(true);
  signal_event(news_);
}

}  // namespace mtasts::snapshot
