// SPDX-License-Identifier: MIT
#include "snapshot/history_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace mtasts::snapshot {
namespace {

constexpr mode_t k_mode = 0640;
// 100,000 domains have 15 MB.
constexpr off_t k_max_octets = off_t{1} << 30;
constexpr const char* k_retry_hint =
    "what waits is written as soon as there is room";

/// A power cut or a full disk may have left half a line behind.
bool ends_within_line(int fd, off_t size) {
  char last = '\n';
  return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

HistoryFile::HistoryFile(std::string path, files::Descriptor file, off_t octets,
                         std::size_t max_waiting)
    : path_(std::move(path)),
      file_(std::move(file)),
      octets_(octets),
      max_waiting_(max_waiting),
      is_torn_(ends_within_line(file_.fd(), octets)) {}

Result<HistoryFile> HistoryFile::open(const std::string& path,
                                      std::size_t max_waiting) {
  // O_DSYNC: what was written outlives a power cut. O_NONBLOCK: a FIFO must not
  // keep us from serving.
  files::Descriptor file(::open(
      path.c_str(),
      O_RDWR | O_APPEND | O_DSYNC | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
      k_mode));
  if (file.fd() < 0) {
    return fail(
        fmt::format("can't be opened for writing: {}", format_errno(errno)),
        "its folder has to be there, and mta-stsd has to be able to "
        "write to it");
  }
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail("is no regular file", "name a file of its own for it");
  }
  // Said to those who ask whether anybody writes here; where there are no locks
  // nobody is told.
  ::flock(file.fd(), LOCK_SH | LOCK_NB);
  return HistoryFile(path, std::move(file), status.st_size, max_waiting);
}

bool HistoryFile::is_alone() const {
  const bool is_ours = ::flock(file_.fd(), LOCK_EX | LOCK_NB) == 0;
  ::flock(file_.fd(), LOCK_SH | LOCK_NB);
  return is_ours;
}

Result<void> HistoryFile::read(const std::string& path,
                               const LineReader& read_line) {
  const files::Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.fd() < 0 && errno == ENOENT) return {};
  if (file.fd() < 0) return fail("can't be read: " + format_errno(errno));
  struct stat status {};
  if (::fstat(file.fd(), &status) == 0 && !S_ISREG(status.st_mode) &&
      !S_ISDIR(status.st_mode)) {
    return fail("is no regular file", "name a file of its own for it");
  }
  constexpr std::size_t k_step = std::size_t{1} << 20;
  std::string text;  // the rest of a line, and what was read behind it
  off_t at = 0;
  for (;;) {
    const std::size_t rest = text.size();
    text.resize(rest + k_step);
    const ssize_t got = ::pread(file.fd(), text.data() + rest, k_step, at);
    if (got < 0 && errno == EINTR) {
      text.resize(rest);
      continue;
    }
    if (got < 0) return fail("can't be read: " + format_errno(errno));
    text.resize(rest + static_cast<std::size_t>(got));
    at += got;
    if (at > k_max_octets || (got > 0 && rest > k_step)) {
      return fail(
          at > k_max_octets
              ? fmt::format("has more than {} octets", k_max_octets)
              : fmt::format("has a line of more than {} octets", k_step),
          "mta-sts history compact makes a small one of it");
    }
    std::string_view left = text;
    for (std::size_t end = left.find('\n'); end != std::string_view::npos;
         end = left.find('\n')) {
      read_line(left.substr(0, end));
      left.remove_prefix(end + 1);
    }
    if (got == 0) {
      if (!left.empty()) read_line(left);
      return {};
    }
    text.erase(0, text.size() - left.size());
  }
}

Result<void> HistoryFile::append(std::string_view lines) {
  waiting_ += lines;
  const Result<void> written = write_waiting();
  if (!written) {
    if (waiting_.size() > max_waiting_) {
      waiting_.resize(waiting_.rfind('\n', max_waiting_ - 1) + 1);
      has_lost_ = true;
    }
    return written;
  }
  if (has_lost_) {
    return fail("lacks lines for which there was no room for too long",
                "restart mta-stsd, which adds what is served then");
  }
  return check_place();
}

/// Whether the next start will find here what was written.
Result<void> HistoryFile::check_place() const {
  struct stat ours {};
  struct stat there {};
  if (::fstat(file_.fd(), &ours) != 0) return {};
  const bool is_found = ::stat(path_.c_str(), &there) == 0;
  const bool is_another =
      is_found && (there.st_dev != ours.st_dev || there.st_ino != ours.st_ino);
  if (ours.st_nlink == 0 || is_another || (!is_found && errno == ENOENT)) {
    return fail("was removed or replaced, and what is written now is lost",
                "restart mta-stsd");
  }
  if (ours.st_size < octets_) {
    return fail("was cut off, and lacks what it had",
                "restart mta-stsd, which adds what is served then");
  }
  return {};
}

Result<void> HistoryFile::write_waiting() {
  if (waiting_.empty()) return {};
  // The rest of a torn line gets an end of its own, so that it takes no good
  // line with it.
  if (is_torn_ && waiting_.front() != '\n') waiting_.insert(0, 1, '\n');
  ssize_t got = 0;
  do {
    got = ::write(file_.fd(), waiting_.data(), waiting_.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    return fail("can't be written to: " + format_errno(errno), k_retry_hint);
  }
  octets_ += got;
  const auto octets = static_cast<std::size_t>(got);
  if (octets == waiting_.size()) {
    waiting_.clear();
    waiting_.shrink_to_fit();  // of a start with very many domains
    is_torn_ = false;
    return {};
  }
  // A line of which there is a part is written once more.
  const std::size_t whole =
      std::string_view(waiting_).substr(0, octets).rfind('\n') + 1;
  is_torn_ = whole != octets;
  waiting_.erase(0, whole);
  return fail("can't be written to: there is no room", k_retry_hint);
}

}  // namespace mtasts::snapshot
