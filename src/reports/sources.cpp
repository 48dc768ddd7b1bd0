// SPDX-License-Identifier: MIT
#include "reports/sources.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "files/descriptor.hpp"
#include "files/stamp.hpp"
#include "reports/reader_process.hpp"

namespace mtasts::reports {
namespace {

namespace fs = std::filesystem;

/// A maildir has 2, with the folders of its user 3.
constexpr int k_max_depth = 8;
constexpr std::string_view k_mbox_line = "From ";

Error too_large() {
  return {fmt::format("it is larger than {} MiB", k_max_item_octets >> 20U),
          {}};
}

/// Takes a mailbox apart at the lines that begin with "From " behind an empty
/// one (mbox(5)), with one message of it in memory.
class MboxSplitter {
 public:
  /// `take` gets each message whole, or nothing when it was too large.
  template <class Take>
  Result<void> add(std::string_view octets, bool is_last, Take&& take) {
    left_ += octets;
    std::size_t done = 0;
    for (;;) {
      const std::size_t end = left_.find('\n', done);
      if (end == left_.npos && !is_last) break;
      const std::size_t next = end == left_.npos ? left_.size() : end + 1;
      if (next == done) break;
      const std::string_view line(left_.data() + done, next - done);
      if (was_empty_ && line.starts_with(k_mbox_line) && has_message_) {
        if (const auto taken = flush(take); !taken) return taken;
      }
      has_message_ = true;
      was_empty_ = line == "\n" || line == "\r\n";
      append(line);
      done = next;
    }
    left_.erase(0, done);
    // A line without an end does not grow for ever.
    if (left_.size() > k_max_item_octets) {
      append(left_);
      left_.clear();
    }
    return is_last && has_message_ ? flush(take) : Result<void>();
  }

 private:
  void append(std::string_view line) {
    if (message_.size() + line.size() > k_max_item_octets) is_too_large_ = true;
    if (is_too_large_) {
      message_.clear();
    } else {
      message_ += line;
    }
  }

  template <class Take>
  Result<void> flush(Take& take) {
    const Result<void> taken =
        take(is_too_large_ ? std::nullopt
                           : std::optional<std::string_view>(message_));
    message_.clear();
    has_message_ = is_too_large_ = false;
    return taken;
  }

  std::string left_;  // the line that is not whole yet
  std::string message_;
  bool has_message_ = false;
  bool was_empty_ = true;
  bool is_too_large_ = false;
};

/// Shows `visitor` the messages of `place`, which is known by `mailbox`.
auto take_messages(const Item& mailbox, const Place& place,
                   SourceVisitor& visitor) {
  return [=, &visitor, number = 0](
             std::optional<std::string_view> message) mutable -> Result<void> {
    const Place one{place.path,
                    fmt::format("{}, message {}", place.name, ++number), false};
    if (!message) return visitor.unreadable(too_large(), one);
    return visitor.item({.octets = *message,
                         .name = {},
                         .channel = mailbox.channel,
                         .received = mailbox.received},
                        one);
  };
}

class Visit {
 public:
  Visit(Channel channel, SourceVisitor& visitor)
      : channel_(channel), visitor_(visitor) {}

  Result<void> path(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      return visitor_.unreadable({format_errno(errno), {}},
                                 {path, path, false});
    }
    return S_ISDIR(status.st_mode) ? folder(path, 0) : file(path, true);
  }

 private:
  Result<void> folder(const std::string& path, int depth);
  Result<void> file(const std::string& path, bool is_named);
  Result<void> whole(int file, std::size_t size, const Place& place,
                     std::chrono::sys_seconds time);
  Result<void> mbox(int file, const Place& place,
                    std::chrono::sys_seconds time);

  Channel channel_;
  SourceVisitor& visitor_;
};

Result<void> Visit::folder(const std::string& path, int depth) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  if (error) {
    return visitor_.unreadable({format_errno(error.value()), {}},
                               {path, path, false});
  }
  std::ranges::sort(names);
  const bool has_new = std::ranges::binary_search(names, "new");
  for (const std::string& name : names) {
    if (name.starts_with('.') || (has_new && name == "tmp")) continue;
    const std::string inner = (fs::path(path) / name).string();
    struct stat status {};
    if (::lstat(inner.c_str(), &status) != 0) continue;
    Result<void> done;
    // A link to a folder may lead back here.
    if (S_ISDIR(status.st_mode) && depth < k_max_depth) {
      done = folder(inner, depth + 1);
    } else if (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode)) {
      done = file(inner, false);
    }
    if (!done) return done;
  }
  return {};
}

Result<void> Visit::file(const std::string& path, bool is_named) {
  const auto unreadable = [&](std::string message) {
    return visitor_.unreadable({std::move(message), {}}, {path, path, false});
  };
  // A FIFO would have us wait for a writer.
  const files::Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.fd() < 0) {
    if (!is_named && files::is_absence(errno)) return {};
    return unreadable(format_errno(errno));
  }
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return unreadable(format_errno(errno));
  if (!S_ISREG(status.st_mode)) {
    return is_named ? unreadable("is not a regular file") : Result<void>();
  }
  const std::chrono::sys_seconds time{
      std::chrono::seconds(status.st_mtim.tv_sec)};
  std::array<char, k_mbox_line.size()> head;
  const ssize_t got = ::pread(file.fd(), head.data(), head.size(), 0);
  if (got == static_cast<ssize_t>(head.size()) &&
      std::ranges::equal(head, k_mbox_line)) {
    return mbox(file.fd(), {path, path, false}, time);
  }
  return whole(file.fd(), static_cast<std::size_t>(status.st_size),
               {path, path, true}, time);
}

Result<void> Visit::whole(int file, std::size_t size, const Place& place,
                          std::chrono::sys_seconds time) {
  if (size > k_max_item_octets) return visitor_.unreadable(too_large(), place);
  std::string octets(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = ::read(file, octets.data() + have, size - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return visitor_.unreadable({format_errno(errno), {}}, place);
    }
    if (got == 0) break;  // it has become shorter
    have += static_cast<std::size_t>(got);
  }
  octets.resize(have);
  return visitor_.item({.octets = octets,
                        .name = fs::path(place.path).filename().string(),
                        .channel = channel_,
                        .received = time},
                       place);
}

Result<void> Visit::mbox(int file, const Place& place,
                         std::chrono::sys_seconds time) {
  MboxSplitter splitter;
  auto take =
      take_messages({.name = place.name, .channel = channel_, .received = time},
                    place, visitor_);
  std::vector<char> piece(std::size_t{64} << 10U);
  for (;;) {
    const ssize_t got = ::read(file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return visitor_.unreadable({format_errno(errno), {}}, place);
    }
    const std::string_view octets(piece.data(), static_cast<std::size_t>(got));
    const Result<void> taken = splitter.add(octets, got == 0, take);
    if (!taken || got == 0) return taken;
  }
}

}  // namespace

Result<void> visit_sources(const std::string& path, Channel channel,
                           SourceVisitor& visitor) {
  return Visit(channel, visitor).path(path);
}

Result<void> visit_octets(const Item& octets, SourceVisitor& visitor) {
  const Place place{{}, octets.name, false};
  if (!octets.octets.starts_with(k_mbox_line)) {
    return visitor.item(octets, place);
  }
  return MboxSplitter().add(octets.octets, true,
                            take_messages(octets, place, visitor));
}

}  // namespace mtasts::reports
