// SPDX-License-Identifier: MIT
#include "files/read.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace mtasts::files {
namespace {

// Without O_NONBLOCK, open() on a FIFO waits for a writer for ever.
constexpr int k_read_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

constexpr std::size_t k_step = 65536;

/// A regular file of `size` octets: they come straight into the result, which
/// then never moves, so that a secret leaves no copy elsewhere. Of a stream,
/// which has no size, pieces.
Result<std::string> read_all(int fd, std::optional<std::size_t> size,
                             std::size_t max_octets) {
  std::string content(std::min(size.value_or(k_step - 1), max_octets) + 1,
                      '\0');
  std::size_t have = 0;
  for (;;) {
    if (have == content.size()) content.resize(have + k_step);
    const ssize_t got =
        ::read(fd, content.data() + have, content.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(format_errno(errno));
    have += static_cast<std::size_t>(got);
    if (have > max_octets) {
      return fail(fmt::format("has more than {} octets", max_octets));
    }
    // One octet more was asked for, and is not there.
    if (got != 0 && have != size) continue;
    content.resize(have);
    return content;
  }
}

}  // namespace

Descriptor open_to_read(int folder, const std::string& path) {
  return Descriptor(::openat(folder, path.c_str(), k_read_flags));
}

Result<FileContent> read_opened(int fd, std::size_t max_octets) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return fail(format_errno(errno));
  if (S_ISDIR(status.st_mode)) return fail("is a directory");
  if (!S_ISREG(status.st_mode)) return fail("is not a regular file");
  Result<std::string> octets =
      read_all(fd, static_cast<std::size_t>(status.st_size), max_octets);
  if (!octets) return fail(octets.error());
  return FileContent{.octets = *std::move(octets),
                     .is_readable_by_all = (status.st_mode & S_IROTH) != 0,
                     .is_nameless = status.st_nlink == 0};
}

Result<FileContent> read_with_facts(const std::string& path,
                                    std::size_t max_octets) {
  const Descriptor file = open_to_read(AT_FDCWD, path);
  if (file.fd() < 0) return fail(format_errno(errno));
  return read_opened(file.fd(), max_octets);
}

Result<std::string> read_file(const std::string& path, std::size_t max_octets) {
  Result<FileContent> content = read_with_facts(path, max_octets);
  if (!content) return fail(content.error());
  return std::move(content->octets);
}

Result<std::string> read_stream(const std::string& path,
                                std::size_t max_octets) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.fd() < 0) return fail(format_errno(errno));
  return read_all(file.fd(), {}, max_octets);
}

Result<std::string> read_standard_input(std::size_t max_octets) {
  return read_all(STDIN_FILENO, {}, max_octets);
}

}  // namespace mtasts::files
