// SPDX-License-Identifier: MIT
// Which files there are: named ones, and the matches of shell patterns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "files/stamp.hpp"
#include "text/path.hpp"

namespace mtasts::files {

bool has_glob(const std::string& path);
/// `path` with its special characters escaped for Inputs::globs.
std::string escape_glob(const std::string& path);

/// Files that a result is made from: named ones, and shell patterns whose
/// matches may come and go (glob(7); hidden files only when the pattern names
/// the dot).
struct Inputs {
  std::vector<std::string> files;
  std::vector<std::string> globs;
  bool only_regular = false;  // of matches; what else there is goes unseen

  friend bool operator==(const Inputs&, const Inputs&) = default;
};

/// What list_files() comes by, and how far it and the reading of a FileGroup
/// are.
class FileVisitor {
 public:
  virtual ~FileVisitor() = default;
  /// False: a match that its folder calls a regular file is not looked at, and
  /// its state is `listed`.
  virtual bool needs_stamps() const { return true; }
  /// A named file, there or not, or a match. Of one pattern in the order of
  /// the paths of each directory; one path may come twice.
  virtual void file(const text::Path& /*path*/, const FileStamp& /*stamp*/) {}
  /// A directory that has, or may get, such files; empty for the current one,
  /// else it ends with a slash.
  virtual void directory(const text::Path& /*path*/) {}
  /// A symbolic link among the matches, or on the way to them.
  virtual void link(const text::Path& /*path*/) {}
  /// What follows, as "Reading" of "certificates", and of how many files; 0:
  /// that is to be seen.
  virtual void begin(std::string_view /*act*/, std::string_view /*what*/,
                     std::size_t /*count*/) {}
  /// One of them was read. From any thread.
  virtual void has_read() {}
};

void list_files(const Inputs& inputs, FileVisitor& visitor);

/// True if list_files() would come by a file of this path.
bool is_listed(const Inputs& inputs, const std::string& path);

/// `path` as seen from the folder that `file` lies in, without looking at the
/// disk.
std::string resolve_beside(const std::string& file, const std::string& path);

/// A directory that may be there and can't be listed; empty: the current one.
bool is_unlistable(const std::string& path);

}  // namespace mtasts::files
