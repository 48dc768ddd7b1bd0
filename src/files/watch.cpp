// SPDX-License-Identifier: MIT
#include "files/watch.hpp"

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
#include "result.hpp"

namespace mtasts::files {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
namespace fs = std::filesystem;

constexpr seconds k_poll_interval{15};
constexpr seconds k_longest_poll_interval{55};  // seen within a minute
// A descriptor that stays open for writing but is not written to.
constexpr seconds k_forgotten_writer{30};
constexpr milliseconds k_look_again{50};
// For each file that does not rest yet: a look at it takes a fifth of this.
constexpr std::chrono::microseconds k_look_again_each{20};
// When there is nothing to be seen but what does not rest, or nothing at all
// time and again: a log that is written to beside the files.
constexpr milliseconds k_look_seldom{500};
// An editor writes a file beside the old one first, and then renames it.
constexpr int k_looks_in_vain = 3;
constexpr int k_max_symlinks = 40;
// Of 64 kB: 16,384 events with names of up to 47 octets.
constexpr int k_max_event_reads = 16;

constexpr std::uint32_t k_events =
    IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE |
    IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

/// Watches the directories that a look comes by.
class Watch::Armer final : public FileVisitor {
 public:
  explicit Armer(Watch& watch) : watch_(watch) {}
  void directory(const text::Path& path) override {
    watch_.arm_way(path.text(), 0);
    watch_.add_watch(path, true);
  }
  void link(const text::Path& path) override {
    watch_.arm_link(path.text(), 0);
  }

 private:
  Watch& watch_;
};

Watch::Watch(Look look, Clock clock)
    : look_(std::move(look)),
      clock_(std::move(clock)),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (inotify_.fd() < 0) {
    log::warning("watch-polling", {{"reason", format_errno(errno)},
                                   {"poll_seconds", k_poll_interval.count()}});
  }
  next_poll_ = steady() + k_poll_interval;
}

void Watch::look_everywhere() {
  looks_everywhere_ = true;
  is_arming_anew_ = true;
}

void Watch::want_load() {
  if (!wanted_) wanted_ = steady();
}

int Watch::fd() const { return steady() < next_look_ ? -1 : inotify_.fd(); }

milliseconds Watch::wait_time() const {
  const Time now = steady();
  Time next = next_poll_;
  const bool has_reason =
      !pending_.empty() || wanted_ || looks_everywhere_ || !paths_.empty();
  // Events that have come since the last look are read at the next one.
  if (has_reason || now < next_look_) next = next_look_;
  return std::max(std::chrono::ceil<milliseconds>(next - now), milliseconds(0));
}

/// Looking everywhere gets rarer as it gets dearer.
FileChanges Watch::look() {
  if (!looks_everywhere_) return look_(std::exchange(paths_, {}));
  const auto start = std::chrono::steady_clock::now();
  Armer armer(*this);
  const bool arms = std::exchange(is_arming_anew_, false) && inotify_.fd() >= 0;
  std::vector<Directory> before;
  if (arms) {
    before = std::exchange(directories_, {});
    links_.clear();
    way_.clear();
  }
  FileChanges found = look_(Everywhere{arms ? &armer : nullptr});
  if (arms) end_arming(before);
  looks_everywhere_ = false;
  paths_.clear();
  const auto pause = std::clamp<std::chrono::nanoseconds>(
      100 * (std::chrono::steady_clock::now() - start), k_poll_interval,
      k_longest_poll_interval);
  next_poll_ = steady() + pause;
  return found;
}

std::optional<Scope> Watch::find_settled() {
  if (inotify_.fd() >= 0) read_events();
  const Time now = steady();
  const bool polls = now >= next_poll_ || wanted_;
  looks_everywhere_ = looks_everywhere_ || polls;
  paths_.merge(pending_.paths());
  if (!looks_everywhere_ && paths_.empty()) return std::nullopt;
  // What no event told of may lie in a folder that is not watched yet.
  if (update_pending(look()) && polls) look_everywhere();
  const bool is_ripe = pending_.is_ripe(now, wanted_);
  const bool is_soon_again = now < next_look_ + k_look_seldom;
  looks_in_vain_ = pending_.empty() && is_soon_again ? looks_in_vain_ + 1 : 0;
  const bool is_seldom = pending_.empty() ? looks_in_vain_ >= k_looks_in_vain
                                          : pending_.is_all_overdue(now);
  next_look_ =
      now + pending_.size() * k_look_again_each +
      (is_seldom && !is_ripe && !wanted_ ? k_look_seldom : k_look_again);
  if (!is_ripe) return std::nullopt;
  wanted_.reset();
  return pending_.take(now);
}

bool Watch::is_unmoved(const Scope& scope) {
  const FileChanges found = look_(scope);
  if (found.empty()) return true;
  pending_.restart(found, clock_());
  return false;
}

/// The files that events tell of may be known by another path, behind a
/// symbolic link: only the inode is the same.
bool Watch::update_pending(const FileChanges& found) {
  const bool is_told_of_all = std::exchange(is_told_of_all_, false);
  const Paths told = std::exchange(told_, {});
  Inodes inodes;
  for (const text::Path& path : told) {
    const FileChange* known = find(found, path);
    const FileStamp stamp =
        known != nullptr ? known->stamp : stamp_file(path.text());
    if (stamp.is_there()) inodes.emplace(stamp.device, stamp.inode);
  }
  const Inodes written = find_written();
  return pending_.update(
      found, clock_(),
      [&](const text::Path& path, const FileStamp& stamp) {
        return is_told_of_all || told.contains(path) ||
               inodes.contains({stamp.device, stamp.inode});
      },
      [&](const text::Path&, const FileStamp& stamp) {
        return stamp.is_there() &&
               written.contains({stamp.device, stamp.inode});
      });
}

Watch::Inodes Watch::find_written() {
  const Time now = steady();
  std::erase_if(writing_, [now](const auto& one) {
    return now - one.second > k_forgotten_writer;
  });
  Inodes inodes;
  for (const auto& [path, when] : writing_) {
    const FileStamp stamp = stamp_file(path.text());
    inodes.emplace(stamp.device, stamp.inode);
  }
  return inodes;
}

// --- What inotify says ---

/// As many as the kernel keeps by default, and the word that it kept no more.
/// Not all: in a directory where something writes all the time there are always
/// more, and few of them do while they lead to nothing.
void Watch::read_events() {
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  const bool is_in_vain = looks_in_vain_ >= k_looks_in_vain;
  const int most = is_in_vain ? 1 : k_max_event_reads;
  for (int i = 0; i < most; ++i) {
    const ssize_t got = ::read(inotify_.fd(), buffer.data(), buffer.size());
    if (got <= 0) return;
    take_events(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
}

void Watch::take_events(std::string_view events) {
  while (!events.empty()) {
    inotify_event event{};
    std::memcpy(&event, events.data(), sizeof event);
    const char* name = events.data() + sizeof event;
    events.remove_prefix(sizeof event + event.len);
    const Directory* directory = find_directory(event.wd);
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      writing_.clear();
      look_everywhere();  // nobody knows what was told
    } else if (directory == nullptr) {
      continue;  // it was watched until now
    } else if (event.len == 0) {
      look_everywhere();  // the directory itself
      is_told_of_all_ = true;
    } else {
      take_event(event.mask, *directory, name);
    }
  }
}

void Watch::take_event(std::uint32_t mask, const Directory& in,
                       const std::string& name) {
  const text::Path told = in.path / name;
  const std::string path = told.text();
  const FileStamp stamp = stamp_file(path);
  const bool created =
      (mask & IN_CREATE) != 0 && stamp.is_regular() && stamp.size == 0;
  if (created || (mask & IN_MODIFY) != 0) {
    writing_[told] = steady();
  } else if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                      IN_DELETE)) != 0) {
    writing_.erase(told);
  }
  std::error_code ignored;
  const bool is_new = (mask & (IN_CREATE | IN_MOVED_TO)) != 0;
  if ((mask & IN_ISDIR) != 0 ||
      std::ranges::binary_search(links_, std::hash<std::string>{}(path)) ||
      (is_new && fs::is_symlink(path, ignored))) {
    look_everywhere();
    is_told_of_all_ = true;
    return;
  }
  told_.insert(told);
  if (in.is_direct) {
    paths_.insert(told);
  } else {
    looks_everywhere_ = true;
  }
}

// --- Which directories to watch ---

/// `path` is a symbolic link: what it leads to may be written to, and every
/// link on the way may be pointed elsewhere, as Kubernetes swaps "..data" and
/// certbot what is in live/.
void Watch::arm_link(const std::string& path, int hops) {
  if (hops > k_max_symlinks) return;
  std::error_code error;
  const fs::path target = fs::read_symlink(path, error);
  if (error) return;
  links_.push_back(std::hash<std::string>{}(path));
  const fs::path here = fs::path(path).parent_path();
  const std::string whole = (here / target).lexically_normal().string();
  const std::string folder = whole.substr(0, whole.rfind('/') + 1);
  arm_way(folder, hops + 1);
  add_watch(folder, false);
  if (fs::is_symlink(whole, error)) arm_link(whole, hops + 1);
}

/// The links among the directories that lead to `path`, and the nearest one
/// that is there if not all are. Where the one before has been is not looked
/// at again.
void Watch::arm_way(const std::string& path, int hops) {
  const auto same = std::ranges::mismatch(path, way_).in1 - path.begin();
  for (std::size_t slash = path.find('/', std::max<std::size_t>(same, 1));
       slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    const text::Path above = text::Path(part).folder();
    std::error_code error;
    const fs::file_status status = fs::symlink_status(part, error);
    if (fs::is_symlink(status)) {
      add_watch(above, true);
      arm_link(part, hops);
    } else if (!fs::exists(status)) {
      add_watch(above, true);
      return;
    }
  }
  way_ = path;
}

/// Null when it is not watched, or not any more.
const Watch::Directory* Watch::find_directory(int watch) const {
  const auto found =
      std::ranges::lower_bound(directories_, watch, {}, &Directory::watch);
  return found != directories_.end() && found->watch == watch ? &*found
                                                              : nullptr;
}

/// Of `before`, lets go of what is not watched any more, such as the folders of
/// releases that a link led to once.
void Watch::end_arming(const std::vector<Directory>& before) {
  std::ranges::stable_sort(directories_, {}, &Directory::watch);
  std::vector<Directory> all;
  for (Directory& one : directories_) {
    if (all.empty() || all.back().watch != one.watch) {
      all.push_back(std::move(one));
    } else if (one.path != all.back().path || !one.is_direct) {
      all.back().is_direct = false;  // known by several paths, none will do
    }
  }
  all.shrink_to_fit();
  directories_ = std::move(all);
  std::ranges::sort(links_);
  links_.shrink_to_fit();
  for (const Directory& one : before) {
    if (find_directory(one.watch) == nullptr) {
      ::inotify_rm_watch(inotify_.fd(), one.watch);
    }
  }
}

void Watch::add_watch(const text::Path& path, bool is_direct) {
  if (!directories_.empty() && directories_.back().path == path &&
      directories_.back().is_direct == is_direct) {
    return;  // the files of a folder one after the other
  }
  const std::string text = path.text();
  const int watch = ::inotify_add_watch(
      inotify_.fd(), text.empty() ? "." : text.c_str(), k_events);
  if (watch >= 0) {
    directories_.push_back({path, watch, is_direct});
  } else if (errno != ENOENT && !limited_) {
    limited_ = true;
    log::warning("watch-limited", {{"directory", text},
                                   {"reason", format_errno(errno)},
                                   {"poll_seconds", k_poll_interval.count()}});
  }
}

}  // namespace mtasts::files
