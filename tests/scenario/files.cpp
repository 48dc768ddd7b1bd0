// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace mtasts::scenario {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_stage = "../stage";

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

void make_folder_of(const std::string& path) {
  const fs::path above = fs::path(path).parent_path();
  if (!above.empty()) fs::create_directories(above);
}

int open_for_writing(const std::string& path, mode_t mode) {
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) fail(path);
  return fd;
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0) fail("write");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Files::Files() : before_(fs::current_path()) {
  std::string name = (fs::temp_directory_path() / "scenario.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail(name);
  folder_ = name;
  fs::create_directory(folder_ / "world");
  fs::current_path(folder_ / "world");
}

Files::~Files() {
  std::error_code ignored;
  for (const auto& [path, one] : open_) ::close(one.fd);
  fs::current_path(before_, ignored);
  fs::remove_all(folder_, ignored);
}

void Files::set_time(int fd, Time now) {
  constexpr long k_ns_per_s = 1'000'000'000;
  const auto since = now.time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  const long ns =
      (std::chrono::nanoseconds(since - whole).count() + ++edits_) % k_ns_per_s;
  const timespec time{.tv_sec = whole.count(), .tv_nsec = ns};
  const timespec times[] = {time, time};
  if (::futimens(fd, times) != 0) fail("futimens");
}

void Files::replace(const std::string& path, const std::string& content,
                    Time now, bool is_secret) {
  make_folder_of(path);
  // From a folder that nobody watches.
  const int fd = open_for_writing(k_stage, is_secret ? 0600 : 0644);
  write_all(fd, content);
  set_time(fd, now);
  ::close(fd);
  fs::rename(k_stage, path);
}

void Files::begin(const std::string& path, const std::string& content,
                  std::size_t octets, Time now) {
  make_folder_of(path);
  const int fd = open_for_writing(path, 0600);
  write_all(fd, std::string_view(content).substr(0, octets));
  set_time(fd, now);
  open_.emplace(path, Open{fd, content.substr(octets)});
}

bool Files::end(const std::string& path, Rest rest, Time now) {
  const auto open = open_.find(path);
  if (open == open_.end()) return false;
  if (rest == Rest::written) write_all(open->second.fd, open->second.left);
  set_time(open->second.fd, now);
  ::close(open->second.fd);
  open_.erase(open);
  return true;
}

bool Files::remove(const std::string& path) {
  return fs::remove_all(path) != 0;
}

void Files::link(const std::string& path, const std::string& target) {
  make_folder_of(path);
  fs::create_symlink(target, k_stage);
  fs::rename(k_stage, path);
}

}  // namespace mtasts::scenario
