// SPDX-License-Identifier: MIT
#include "files/stamp.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace mtasts::files {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t k_ns_per_s = 1'000'000'000;
  return time.tv_sec * k_ns_per_s + time.tv_nsec;
}

/// One round of SplitMix64: each bit of `value` changes half of the result's.
std::uint64_t mix(std::uint64_t state, std::uint64_t value) {
  state += value + 0x9E3779B97F4A7C15U;
  state = (state ^ (state >> 30U)) * 0xBF58476D1CE4E5B9U;
  state = (state ^ (state >> 27U)) * 0x94D049BB133111EBU;
  return state ^ (state >> 31U);
}

FileStamp make_stamp(const struct stat& status, FileKind kind) {
  // What happens inside of a directory is no change of its own.
  if (!S_ISREG(status.st_mode)) {
    return {.kind = kind, .device = status.st_dev, .inode = status.st_ino};
  }
  return {.kind = FileKind::regular,
          .device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .modified_ns = nanoseconds(status.st_mtim),
          .changed_ns = nanoseconds(status.st_ctim)};
}

}  // namespace

std::uint64_t digest(const FileStamp& stamp) {
  std::uint64_t state = static_cast<std::uint64_t>(stamp.kind);
  for (const std::uint64_t value :
       {stamp.device, stamp.inode, static_cast<std::uint64_t>(stamp.size),
        static_cast<std::uint64_t>(stamp.modified_ns),
        static_cast<std::uint64_t>(stamp.changed_ns)}) {
    state = mix(state, value);
  }
  return state;
}

FileStamp stamp_file(const std::string& path) {
  return stamp_entry(AT_FDCWD, path.c_str());
}

FileStamp stamp_entry(int directory, const char* name) {
  struct stat status {};
  if (::fstatat(directory, name, &status, 0) == 0) {
    return make_stamp(status, FileKind::other);
  }
  if (!is_absence(errno)) return {.kind = FileKind::hidden};
  const bool is_link =
      ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISLNK(status.st_mode);
  return is_link ? make_stamp(status, FileKind::dead_link) : FileStamp{};
}

FileStamp stamp_opened(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return {.kind = FileKind::hidden};
  return make_stamp(status, FileKind::other);
}

bool is_absence(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP ||
         error == ENAMETOOLONG;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_nameless(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && status.st_nlink == 0;
}

}  // namespace mtasts::files
