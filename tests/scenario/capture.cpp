// SPDX-License-Identifier: MIT
#include "capture.hpp"

#include <fmt/chrono.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

namespace mtasts::scenario {

Capture::Capture()
    : file_(::memfd_create("capture", MFD_CLOEXEC)),
      out_(::dup(STDOUT_FILENO)),
      error_(::dup(STDERR_FILENO)) {
  if (file_ < 0 || out_ < 0 || error_ < 0) {
    throw std::system_error(errno, std::generic_category(), "memfd_create");
  }
  std::fflush(stdout);
  ::dup2(file_, STDOUT_FILENO);
  ::dup2(file_, STDERR_FILENO);
}

Capture::~Capture() {
  std::fflush(stdout);
  ::dup2(out_, STDOUT_FILENO);
  ::dup2(error_, STDERR_FILENO);
  ::close(out_);
  ::close(error_);
  ::close(file_);
}

std::string Capture::read_new() {
  std::fflush(stdout);
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t got = ::pread(file_, buffer.data(), buffer.size(),
                                static_cast<off_t>(text.size()));
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  // The place to write at is shared by both.
  if (::ftruncate(file_, 0) != 0 || ::lseek(file_, 0, SEEK_SET) != 0) {
    throw std::system_error(errno, std::generic_category(), "ftruncate");
  }
  return text;
}

void Capture::stamp(std::chrono::sys_seconds now) {
  constexpr std::string_view k_key = "time=";
  const std::string time =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
  std::string text = read_new();
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, k_key.size(), k_key) == 0) {
      text.replace(at + k_key.size(), time.size(), time);
    }
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) break;
    at = end + 1;
  }
  text_ += text;
}

std::string Capture::take(std::chrono::sys_seconds now) {
  stamp(now);
  return std::exchange(text_, {});
}

}  // namespace mtasts::scenario
