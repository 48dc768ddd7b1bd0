// SPDX-License-Identifier: MIT
// What lies at a path, seen without opening it, and told from what lay there
// before.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace mtasts::files {

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
/// Of an entry of the open folder `directory`.
FileStamp stamp_entry(int directory, const char* name);

/// True if this value of errno says that there is nothing at a path.
bool is_absence(int error);

bool is_directory(const std::string& path);
/// A regular file without an octet in it.
bool is_empty_file(const std::string& path);
bool is_readable_by_all(const std::string& path);
/// A file without a name: a mount can lead to it when another has taken its
/// place where it was mounted from.
bool is_nameless(const std::string& path);

}  // namespace mtasts::files
