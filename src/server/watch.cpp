// SPDX-License-Identifier: MIT
#include "server/watch.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "log.hpp"

namespace mtasts::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
namespace fs = std::filesystem;

// A file that was closed may be opened once more: editors and shells write in
// steps.
constexpr milliseconds k_quiet_after_event{200};
// Without events nobody says that a writer is done, so a look has to be equal
// to one a whole second earlier.
constexpr milliseconds k_quiet_after_poll{1000};
constexpr seconds k_poll_interval{15};
// A descriptor that stays open for writing but is not written to.
constexpr seconds k_forgotten_writer{30};
constexpr milliseconds k_look_again{50};
constexpr int k_max_symlinks = 40;

constexpr std::uint32_t k_events =
    IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE |
    IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

Watch::Watch() : inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (inotify_ < 0) {
    log::warning("watch-polling",
                 {{"reason", std::generic_category().message(errno)},
                  {"poll_seconds", k_poll_interval.count()}});
  }
  next_poll_ = Clock::now() + k_poll_interval;
}

Watch::~Watch() {
  if (inotify_ >= 0) ::close(inotify_);
}

Watch::Look Watch::look() const {
  Look found;
  for (const std::string& file : inputs_.files) {
    found.emplace(file, stamp_file(file));
  }
  for (const std::string& pattern : inputs_.globs) {
    for (const std::string& file : expand_glob(pattern)) {
      found.emplace(file, stamp_file(file));
    }
  }
  return found;
}

void Watch::follow(Inputs inputs) {
  const bool same =
      inputs.files == inputs_.files && inputs.globs == inputs_.globs;
  inputs_ = std::move(inputs);
  arm();
  if (same && candidate_) {
    known_ = *std::move(candidate_);  // what was loaded, not what is there now
  } else {
    known_ = look();
    due_ = due_ || !same;
  }
  candidate_.reset();
}

int Watch::fd() const { return Clock::now() < next_look_ ? -1 : inotify_; }

std::chrono::milliseconds Watch::wait_time() const {
  const Clock::time_point now = Clock::now();
  Clock::time_point next = next_poll_;
  // Events that have come since the last look are read at the next one.
  if (candidate_ || wanted_ || due_ || now < next_look_) next = next_look_;
  return std::max(std::chrono::ceil<milliseconds>(next - now), milliseconds(0));
}

bool Watch::has_settled() {
  const bool had_events = inotify_ >= 0 && read_events();
  const Clock::time_point now = Clock::now();
  const bool poll = now >= next_poll_;
  if (poll) {
    next_poll_ = now + k_poll_interval;
    arm();
  }
  if (!poll && !had_events && !candidate_ && !wanted_ && !due_) return false;
  next_look_ = now + k_look_again;
  Look found = look();
  if (wanted_ && !is_being_written(found)) {
    wanted_ = false;
    candidate_ = std::move(found);
    return true;
  }
  if (found == known_ && !due_) {
    candidate_.reset();
    return false;
  }
  if (!candidate_ || *candidate_ != found) {
    candidate_ = std::move(found);
    candidate_since_ = now;
    const bool polled = inotify_ < 0 || (!had_events && !due_);
    quiet_ = polled ? k_quiet_after_poll : k_quiet_after_event;
    arm();  // a symbolic link may lead elsewhere now
    return false;
  }
  if (now - candidate_since_ < quiet_ || is_being_written(*candidate_)) {
    return false;
  }
  due_ = false;
  return true;
}

bool Watch::is_unmoved() {
  Look found = look();
  if (!candidate_ || *candidate_ == found) return true;
  candidate_ = std::move(found);
  candidate_since_ = Clock::now();
  quiet_ = k_quiet_after_poll;
  due_ = true;
  return false;
}

/// The files under writing_ are known by the directory that was watched, the
/// inputs by the path that was configured: only the inode is the same.
bool Watch::is_being_written(const Look& look) {
  const Clock::time_point now = Clock::now();
  std::erase_if(writing_, [now](const auto& one) {
    return now - one.second > k_forgotten_writer;
  });
  if (writing_.empty()) return false;
  std::set<std::pair<std::uint64_t, std::uint64_t>> inodes;
  for (const auto& [path, stamp] : look) {
    inodes.emplace(stamp.device, stamp.inode);
  }
  return std::any_of(writing_.begin(), writing_.end(), [&](const auto& one) {
    const FileStamp stamp = stamp_file(one.first);
    return stamp.inode != 0 && inodes.contains({stamp.device, stamp.inode});
  });
}

/// True if there was any.
bool Watch::read_events() {
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  // Once: in a directory where something writes all the time there are always
  // more.
  const ssize_t got = ::read(inotify_, buffer.data(), buffer.size());
  for (ssize_t at = 0; at < got;) {
    inotify_event event{};
    std::memcpy(&event, buffer.data() + at, sizeof event);
    const char* name = buffer.data() + at + sizeof event;
    at += static_cast<ssize_t>(sizeof event + event.len);
    if ((event.mask & IN_Q_OVERFLOW) != 0) writing_.clear();
    if ((event.mask & IN_IGNORED) != 0) directories_.erase(event.wd);
    const auto directory = directories_.find(event.wd);
    if (directory == directories_.end() || event.len == 0) continue;
    const std::string path = directory->second + "/" + name;
    const bool created = (event.mask & IN_CREATE) != 0 && is_empty_file(path);
    if (created || (event.mask & IN_MODIFY) != 0) {
      writing_[path] = Clock::now();
    } else if ((event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                              IN_DELETE)) != 0) {
      writing_.erase(path);
    }
  }
  return got > 0;
}

// --- Which directories to watch ---

void Watch::arm() {
  if (inotify_ < 0) return;
  for (const std::string& file : inputs_.files) arm_path(file, 0);
  for (const std::string& pattern : inputs_.globs) arm_glob(pattern);
}

void Watch::arm_glob(const std::string& pattern) {
  const std::string parent = fs::path(pattern).parent_path().string();
  if (has_glob(parent)) arm_glob(parent);
  for (const std::string& directory :
       expand_glob(parent.empty() ? "." : parent)) {
    if (is_directory(directory)) arm_path(directory + "/.", 0);
  }
  for (const std::string& file : expand_glob(pattern)) {
    std::error_code error;
    if (fs::is_symlink(file, error)) arm_path(file, 0);
  }
}

/// Watches the directory of `path` and the one of every symbolic link on the
/// way: Kubernetes swaps "..data", certbot points live/ elsewhere.
void Watch::arm_path(const std::string& path, int hops) {
  if (hops > k_max_symlinks) return;
  fs::path walked;
  const fs::path whole(path);
  for (auto part = whole.begin(); part != whole.end(); ++part) {
    std::error_code error;
    const fs::path next = walked / *part;
    if (fs::is_symlink(next, error)) {
      arm_directory(walked.empty() ? "." : walked.string());
      fs::path target = fs::read_symlink(next, error);
      if (target.is_relative()) target = walked / target;
      for (auto rest = std::next(part); rest != whole.end(); ++rest) {
        target /= *rest;
      }
      arm_path(target.lexically_normal().string(), hops + 1);
      return;
    }
    if (!fs::is_directory(next, error)) break;  // `walked` is the nearest one
    walked = next;
  }
  arm_directory(walked.empty() ? "." : walked.string());
}

void Watch::arm_directory(const std::string& directory) {
  const int watch = ::inotify_add_watch(inotify_, directory.c_str(), k_events);
  if (watch >= 0) {
    directories_[watch] = directory;
  } else if (!limited_) {
    limited_ = true;
    log::warning("watch-limited",
                 {{"directory", directory},
                  {"reason", std::generic_category().message(errno)},
                  {"poll_seconds", k_poll_interval.count()}});
  }
}

}  // namespace mtasts::server
