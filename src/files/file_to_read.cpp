// SPDX-License-Identifier: MIT
#include "files/file_to_read.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace mtasts::files {
namespace {

bool is_listed_only(const FileStamp& stamp) {
  return stamp.kind == FileKind::listed;
}

const Folder& anywhere() {
  static const Folder k_anywhere;
  return k_anywhere;
}

}  // namespace

Folder::Folder(const text::Path& path)
    : folder_(path == text::Path() ? -1
                                   : ::open(path.text().c_str(),
                                            O_PATH | O_DIRECTORY | O_CLOEXEC)) {
}

Folder::Start Folder::start(const text::Path& file) const {
  if (folder_.fd() < 0) return {AT_FDCWD, file.text()};
  return {folder_.fd(), std::string(file.name())};
}

Descriptor Folder::open(const text::Path& file) const {
  const Start from = start(file);
  return open_to_read(from.folder, from.path);
}

FileStamp Folder::stamp(const text::Path& file) const {
  const Start from = start(file);
  return stamp_entry(from.folder, from.path.c_str());
}

FileToRead::FileToRead(text::Path path)
    : folder_(anywhere()),
      path_(std::move(path)),
      stamp_(folder_.stamp(path_)) {}

FileToRead::FileToRead(const Folder& folder, text::Path path, FileStamp stamp)
    : folder_(folder),
      path_(std::move(path)),
      file_(is_listed_only(stamp) ? folder.open(path_) : Descriptor(-1)),
      stamp_(stamp) {
  if (!is_listed_only(stamp)) return;
  // What can't be opened, or is gone by now, may still be looked at.
  stamp_ = file_.fd() < 0 ? folder.stamp(path_) : stamp_opened(file_.fd());
}

Result<FileContent> FileToRead::read(std::size_t max_octets) const {
  if (file_.fd() >= 0) return read_opened(file_.fd(), max_octets);
  const Descriptor file = folder_.open(path_);
  if (file.fd() < 0) return fail(format_errno(errno));
  return read_opened(file.fd(), max_octets);
}

}  // namespace mtasts::files
