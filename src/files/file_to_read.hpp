// SPDX-License-Identifier: MIT
// One of very many files that are read in turn: each folder's path is walked
// once, and each file is opened once, by its name alone.
#pragma once

#include <cstddef>
#include <string>

#include "files/descriptor.hpp"
#include "files/read.hpp"
#include "files/stamp.hpp"
#include "result.hpp"
#include "text/path.hpp"

namespace mtasts::files {

/// An open folder, whose files are found by their names alone. While there is
/// none, or it can't be opened, by their whole paths, which say what is wrong.
class Folder {
 public:
  Folder() = default;
  explicit Folder(const text::Path& path);

  /// `file` lies in it. None where it can't be opened; errno says why.
  Descriptor open(const text::Path& file) const;
  FileStamp stamp(const text::Path& file) const;

 private:
  /// What openat(2) takes: a folder, and a path that begins there.
  struct Start {
    int folder;
    std::string path;
  };
  Start start(const text::Path& file) const;

  Descriptor folder_{-1};
};

/// A file and the state that it is in.
class FileToRead {
 public:
  /// Found by its whole path, and looked at now.
  explicit FileToRead(text::Path path);
  /// `folder` has to outlive it. Of a file that is only listed (see FileKind),
  /// the state is found out by opening it.
  FileToRead(const Folder& folder, text::Path path, FileStamp stamp);
  FileToRead(Folder&& folder, text::Path path, FileStamp stamp) = delete;

  const text::Path& path() const { return path_; }
  const FileStamp& stamp() const { return stamp_; }
  /// As read_with_facts() does.
  Result<FileContent> read(std::size_t max_octets) const;

 private:
  const Folder& folder_;
  text::Path path_;
  Descriptor file_{-1};  // opened already
  FileStamp stamp_;
};

}  // namespace mtasts::files
