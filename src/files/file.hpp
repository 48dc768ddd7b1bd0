// SPDX-License-Identifier: MIT
// The one way to read the operator's files: whole, bounded, and never blocked
// by what lies in their place (a FIFO, a directory, a device).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "result.hpp"

namespace mtasts::files {

/// Owns an open file and closes it on the way out; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();
  int fd() const { return fd_; }

 private:
  int fd_;
};

/// What tells one state of a file from another. Times alone do not: tools
/// write files with old times, and within one tick of the clock.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  // 0: there is nothing
  std::int64_t size = 0;    // -1: no regular file; -2: a link to nothing;
                            // -3: it can't be looked at
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool is_regular() const { return inode != 0 && size >= 0; }
  bool is_dead_link() const { return size == -2; }

  friend auto operator<=>(const FileStamp&, const FileStamp&) = default;
};

/// What is there, or may be, but can't be looked at. It must not pass for gone:
/// its policies would go with it. Reading it tells what is wrong.
constexpr FileStamp k_hidden_file{.inode = ~std::uint64_t{0}, .size = -3};

/// Follows symbolic links.
FileStamp stamp_file(const std::string& path);

/// A directory that may be there and can't be listed; empty: the current one.
bool is_unlistable(const std::string& path);
bool is_directory(const std::string& path);
/// A regular file without an octet in it.
bool is_empty_file(const std::string& path);
bool is_readable_by_all(const std::string& path);
/// A file without a name: a mount can lead to it when another has taken its
/// place where it was mounted from.
bool is_nameless(const std::string& path);

/// A file or folder that permissions let us read, and the kernel does not: it
/// is outside of the sandbox. k_shut_out_hint is what to do.
bool is_shut_out(const std::string& path);
constexpr const char* k_shut_out_hint =
    "its permissions are good, but the sandbox was drawn at the start, without "
    "its folder: restart mta-stsd";

/// Reads a regular file of at most `max_octets`. The error says why it can't.
Result<std::string> read_file(const std::string& path, std::size_t max_octets);

/// Reads a file that the operator has named for this once, to its end. It may
/// be a pipe, such as a shell makes of <(...), and then this waits for it.
Result<std::string> read_stream(const std::string& path,
                                std::size_t max_octets);

/// Reads standard input to its end.
Result<std::string> read_standard_input(std::size_t max_octets);

bool has_glob(const std::string& path);
/// `path` with its special characters escaped for Inputs::globs.
std::string escape_glob(const std::string& path);

/// Files that a result is made from: named ones, and shell patterns whose
/// matches may come and go (glob(7); hidden files only when the pattern names
/// the dot).
struct Inputs {
  std::vector<std::string> files;
  std::vector<std::string> globs;

  friend bool operator==(const Inputs&, const Inputs&) = default;
};

/// What list_files() comes by.
class FileVisitor {
 public:
  virtual ~FileVisitor() = default;
  /// A named file, there or not, or a match. Of one pattern in the order of
  /// the paths of each directory; one path may come twice.
  virtual void file(const std::string& path, const FileStamp& stamp) = 0;
  /// A directory that has, or may get, such files; empty for the current one,
  /// else it ends with a slash.
  virtual void directory(const std::string& path) = 0;
  /// A symbolic link among the matches, or on the way to them.
  virtual void link(const std::string& path) = 0;
};

void list_files(const Inputs& inputs, FileVisitor& visitor);

/// True if list_files() would come by a file of this path.
bool is_listed(const Inputs& inputs, const std::string& path);

/// `path` as seen from the folder that `file` lies in, without looking at the
/// disk.
std::string resolve_beside(const std::string& file, const std::string& path);

}  // namespace mtasts::files
