// SPDX-License-Identifier: MIT
#include "files/read.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "files/descriptor.hpp"

namespace mtasts::files {
namespace {

// Without O_NONBLOCK, open() on a FIFO waits for a writer for ever.
constexpr int k_read_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

/// `size` octets are expected. They come straight into the result, which then
/// never moves: what is a secret leaves no copy elsewhere.
Result<std::string> read_all(int fd, std::size_t size, std::size_t max_octets) {
  constexpr std::size_t k_step = 65536;
  std::string content(std::min(size, max_octets) + 1, '\0');
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
    if (got != 0) continue;
    content.resize(have);
    return content;
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_octets) {
  const Descriptor file(::open(path.c_str(), k_read_flags));
  if (file.fd() < 0) return fail(format_errno(errno));
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return fail(format_errno(errno));
  if (S_ISDIR(status.st_mode)) return fail("is a directory");
  if (!S_ISREG(status.st_mode)) return fail("is not a regular file");
  return read_all(file.fd(), static_cast<std::size_t>(status.st_size),
                  max_octets);
}

Result<std::string> read_stream(const std::string& path,
                                std::size_t max_octets) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.fd() < 0) return fail(format_errno(errno));
  return read_all(file.fd(), 65535, max_octets);
}

Result<std::string> read_standard_input(std::size_t max_octets) {
  return read_all(STDIN_FILENO, 65535, max_octets);
}

}  // namespace mtasts::files
