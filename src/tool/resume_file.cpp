// SPDX-License-Identifier: MIT
#include "tool/resume_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>

namespace mtasts::tool {
namespace {

/// The text of a member of a JSON line that mta-sts has written; none of those
/// that are looked for has anything escaped in it.
std::optional<std::string> find_member(std::string_view line,
                                       std::string_view name) {
  const std::string begin = fmt::format("\"{}\":\"", name);
  const std::size_t at = line.find(begin);
  if (at == std::string_view::npos) return std::nullopt;
  line.remove_prefix(at + begin.size());
  const std::size_t end = line.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(line.substr(0, end));
}

/// Line by line: the file may be larger than memory.
class Lines {
 public:
  explicit Lines(int fd) : fd_(fd) {}

  /// Nothing at the end, where rest() is what has no line end, and on failure.
  std::optional<std::string_view> next() {
    text_.erase(0, used_);
    used_ = 0;
    std::size_t from = 0;
    std::size_t end = 0;
    while ((end = text_.find('\n', from)) == std::string::npos) {
      from = text_.size();
      std::array<char, std::size_t{64} * 1024> part{};
      const ssize_t got = ::read(fd_, part.data(), part.size());
      if (got < 0) error_ = errno;
      if (got <= 0) return std::nullopt;
      text_.append(part.data(), static_cast<std::size_t>(got));
    }
    used_ = end + 1;
    return std::string_view(text_).substr(0, end);
  }
  std::size_t rest() const { return text_.size() - used_; }
  int error() const { return error_; }

 private:
  int fd_;
  std::string text_ = {};
  std::size_t used_ = 0;
  int error_ = 0;
};

Error cant_open(const std::string& path, int error) {
  return {fmt::format("--resume {}: {}", in_quotes(path), format_errno(error)),
          "a file of JSON lines that this user can write, or a new one"};
}

}  // namespace

Result<ResumeFile> ResumeFile::open(const std::string& path) {
  // Readable for others, as what is redirected to a file is.
  constexpr mode_t k_mode = 0644;
  const int fd =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC,
             k_mode);
  if (fd < 0) return fail(cant_open(path, errno));
  ResumeFile file{files::Descriptor(fd)};
  // A device or a pipe may have no end, and keeps nothing.
  struct stat status {};
  if (::fstat(fd, &status) != 0) return fail(cant_open(path, errno));
  if (!S_ISREG(status.st_mode)) {
    return fail(fmt::format("--resume {}: is no regular file", in_quotes(path)),
                "a file of JSON lines that this user can write, or a new one");
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(
        fmt::format("--resume {}: another run writes to it", in_quotes(path)),
        "wait for its end, or give this one another file");
  }
  Lines lines(fd);
  off_t whole = 0;
  std::size_t number = 0;
  while (const std::optional<std::string_view> line = lines.next()) {
    ++number;
    whole += static_cast<off_t>(line->size() + 1);
    auto domain = find_member(*line, "domain");
    auto verdict = find_member(*line, "verdict");
    if (!domain || !verdict) {
      return fail(fmt::format("--resume {}: line {} is of no domain",
                              in_quotes(path), number),
                  "a file that --resume has begun");
    }
    file.done_.insert_or_assign(*std::move(domain), *std::move(verdict));
  }
  if (lines.error() != 0) return fail(cant_open(path, lines.error()));
  if (lines.rest() != 0 && ::ftruncate(fd, whole) != 0) {
    return fail(cant_open(path, errno));
  }
  return file;
}

Result<void> ResumeFile::add(std::string_view line) const {
  while (!line.empty()) {
    const ssize_t written = ::write(file_.fd(), line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(format_errno(errno));
    line.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace mtasts::tool
