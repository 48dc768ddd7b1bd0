// SPDX-License-Identifier: MIT
// The one way to read the operator's files: whole, bounded, and never blocked
// by what lies in their place (a FIFO, a directory, a device).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "result.hpp"

namespace mtasts {

/// What tells one state of a file from another. Times alone do not: tools
/// write files with old times, and within one tick of the clock.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  // 0: there is no such file
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  friend auto operator<=>(const FileStamp&, const FileStamp&) = default;
};

/// Follows symbolic links.
FileStamp stamp_file(const std::string& path);

bool is_directory(const std::string& path);
/// A regular file without an octet in it.
bool is_empty_file(const std::string& path);

/// Reads a regular file of at most `max_octets`. The error says why it can't.
Result<std::string> read_file(const std::string& path, std::size_t max_octets);

/// Reads standard input to its end.
Result<std::string> read_standard_input(std::size_t max_octets);

/// The paths that a shell pattern matches, sorted; hidden files only when the
/// pattern names the dot (glob(7)).
std::vector<std::string> expand_glob(const std::string& pattern);
bool has_glob(const std::string& path);
/// `path` with its special characters escaped for expand_glob().
std::string escape_glob(const std::string& path);

/// Files that a result was made from: named ones, and patterns whose matches
/// may come and go. What has to be looked at to learn of a change.
struct Inputs {
  std::vector<std::string> files;
  std::vector<std::string> globs;
};

/// `path` as seen from the folder that `file` lies in, without looking at the
/// disk.
std::string resolve_beside(const std::string& file, const std::string& path);

}  // namespace mtasts
