// SPDX-License-Identifier: MIT
#include "files/tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "files/descriptor.hpp"
#include "text/ascii.hpp"

namespace mtasts::files {
namespace {

/// Of the call that has just failed.
Failure cannot(std::string_view act, std::string_view path,
               std::string hint = {}) {
  const int error = errno;
  return fail(
      fmt::format("can't {} {}: {}", act, in_quotes(path), format_errno(error)),
      std::move(hint));
}

/// Opens the folder `name` of the folder `parent`, and makes it if it is not
/// there. `path` is what people call it.
Result<Descriptor> open_folder(int parent, const std::string& name, int flags,
                               const std::string& path) {
  if (::mkdirat(parent, name.c_str(), 0777) != 0 && errno != EEXIST) {
    return cannot("make", path);
  }
  Descriptor folder(::openat(parent, name.c_str(),
                             O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags));
  if (folder.fd() < 0) {
    return cannot("open", path,
                  "it has to be a folder" +
                      std::string(flags == O_NOFOLLOW
                                      ? "; symbolic links are not followed here"
                                      : ""));
  }
  return folder;
}

/// True if the file of the folder has exactly this content already.
bool has_content(int folder, const std::string& name,
                 std::string_view content) {
  const Descriptor file(::openat(
      folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0 ||
      !S_ISREG(status.st_mode) ||
      status.st_size != static_cast<off_t>(content.size())) {
    return false;
  }
  std::string found(content.size(), '\0');
  return ::pread(file.fd(), found.data(), found.size(), 0) ==
             static_cast<ssize_t>(found.size()) &&
         found == content;
}

/// Writes it all and has it on the disk; errno says why not.
bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  // Else a crash behind the rename could leave an empty file.
  return ::fsync(file) == 0;
}

Result<void> replace_file(int folder, const std::string& name,
                          std::string_view content, const std::string& path) {
  // Two runs at a time must not write into one file.
  const std::string fresh = fmt::format(".{}.{}", name, ::getpid());
  ::unlinkat(folder, fresh.c_str(), 0);  // what a killed run may have left
  const Descriptor file(
      ::openat(folder, fresh.c_str(),
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (file.fd() < 0) return cannot("write", path);
  if (write_all(file.fd(), content) &&
      ::renameat(folder, fresh.c_str(), folder, name.c_str()) == 0) {
    return {};
  }
  const Failure error = cannot("write", path);
  ::unlinkat(folder, fresh.c_str(), 0);
  return error;
}

}  // namespace

Result<Tree> Tree::open(const std::string& directory) {
  Result<Descriptor> root = open_folder(AT_FDCWD, directory, 0, directory);
  if (!root) return fail(root.error());
  return Tree(directory, *std::move(root));
}

Result<void> Tree::write(std::string_view path,
                         std::string_view content) const {
  std::string shown = directory_;
  std::vector<Descriptor> folders;  // on the way, each in the one before
  int folder = root_.fd();
  while (text::has(path, "/")) {
    const std::string name(text::take_until(path, "/"));
    shown += "/" + name;
    Result<Descriptor> next = open_folder(folder, name, O_NOFOLLOW, shown);
    if (!next) return fail(next.error());
    folder = next->fd();
    folders.push_back(*std::move(next));
  }
  const std::string name(path);
  if (has_content(folder, name, content)) return {};
  return replace_file(folder, name, content, shown + "/" + name);
}

}  // namespace mtasts::files
