// SPDX-License-Identifier: MIT
// What lies at a path, seen without opening it, and told from what lay there
// before.
#pragma once

#include <cstdint>
#include <string>

namespace mtasts::files {

enum class FileKind : std::uint8_t {
  none,       // nothing there
  regular,    // what can be read
  other,      // a directory, a FIFO, a device
  dead_link,  // a symbolic link to nothing
  hidden,     // it can't be looked at: a folder without x, a file server down
  listed,     // regular by what its folder says; it was not looked at
};

/// What tells one state of a file from another. Times alone do not: tools
/// write files with old times, and within one tick of the clock.
struct FileStamp {
  FileKind kind = FileKind::none;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;  // in octets; of a regular file, as the times are
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  /// A hidden file may be: it must not pass for gone, or its policies would go
  /// with it. Reading it tells what is wrong.
  bool is_there() const { return kind != FileKind::none; }
  bool is_regular() const { return kind == FileKind::regular; }

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Tells stamps apart in a sixth of the room: 64 bits, in which two that differ
/// are the same once in 10^19 changes.
std::uint64_t digest(const FileStamp& stamp);

/// Follows symbolic links.
FileStamp stamp_file(const std::string& path);
/// Of an entry of the open folder `directory`.
FileStamp stamp_entry(int directory, const char* name);
/// Of an open file.
FileStamp stamp_opened(int fd);

/// True if this value of errno says that there is nothing at a path.
bool is_absence(int error);

bool is_directory(const std::string& path);
/// A file without a name: a mount can lead to it when another has taken its
/// place where it was mounted from.
bool is_nameless(const std::string& path);

}  // namespace mtasts::files
