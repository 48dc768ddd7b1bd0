// SPDX-License-Identifier: MIT
// Which files are not as they were read. There may be 200,000 of them, while
// memory holds what was read and what is being read: lists, and no trees.
#pragma once

#include <vector>

#include "files/stamp.hpp"
#include "text/path.hpp"

namespace mtasts::files {

struct FileChange {
  text::Path path;
  FileStamp stamp;  // what is there now

  friend bool operator==(const FileChange&, const FileChange&) = default;
};

/// In the order of the paths, each once.
using FileChanges = std::vector<FileChange>;

/// Puts what was collected in any order into that order; of several of one path
/// the first stays.
void sort_once(FileChanges& changes);

/// Adds those of `more` that `changes` don't have.
void merge(FileChanges& changes, FileChanges more);

/// Null when there is none.
const FileChange* find(const FileChanges& changes, const text::Path& path);

}  // namespace mtasts::files
