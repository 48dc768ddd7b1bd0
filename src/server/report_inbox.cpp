// SPDX-License-Identifier: MIT
#include "server/report_inbox.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <functional>
#include <utility>

#include "process/clock.hpp"
#include "text/sha256.hpp"

namespace mtasts::server {
namespace {

constexpr mode_t k_folder_mode = 0750;
constexpr mode_t k_file_mode = 0640;
// No connection lasts as long; another collector may share the folder.
constexpr std::chrono::minutes k_stale{10};
// How often a full spool is looked through for what was taken out of it.
constexpr std::chrono::seconds k_measure_interval{2};

std::string make_random_name() {
  std::array<unsigned char, 8> octets{};
  // Of so few it gives all at once (getrandom(2)).
  if (::getrandom(octets.data(), octets.size(), 0) < 0) octets = {};
  return text::hex(octets);
}

Result<files::Descriptor> open_folder(const std::string& path) {
  if (::mkdir(path.c_str(), k_folder_mode) != 0 && errno != EEXIST) {
    return fail(fmt::format("{} can't be made: {}", path, format_errno(errno)),
                "the user that mta-stsd runs as has to own the spool");
  }
  files::Descriptor folder(
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd() < 0) {
    return fail(
        fmt::format("{} can't be opened: {}", path, format_errno(errno)));
  }
  if (::faccessat(folder.fd(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    return fail(
        fmt::format("{} can't be written to: {}", path, format_errno(errno)),
        "the user that mta-stsd runs as has to own the spool");
  }
  return folder;
}

/// Each file of an open folder.
void for_each_file(
    const files::Descriptor& folder,
    const std::function<void(const char* name, const struct stat&)>& visit) {
  const int again =
      ::openat(folder.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* directory = again < 0 ? nullptr : ::fdopendir(again);
  if (directory == nullptr) return;
  while (const dirent* one = ::readdir(directory)) {
    struct stat status {};
    if (::fstatat(folder.fd(), one->d_name, &status, AT_SYMLINK_NOFOLLOW) ==
            0 &&
        S_ISREG(status.st_mode)) {
      visit(one->d_name, status);
    }
  }
  ::closedir(directory);
}

}  // namespace

Result<std::unique_ptr<ReportInbox>> ReportInbox::open(const std::string& spool,
                                                       std::uint64_t quota) {
  if (::mkdir(spool.c_str(), k_folder_mode) != 0 && errno != EEXIST) {
    return fail(
        fmt::format("spool {} can't be made: {}", spool, format_errno(errno)));
  }
  Result<files::Descriptor> coming = open_folder(spool + "/tmp");
  if (!coming) return fail(coming.error());
  Result<files::Descriptor> stored = open_folder(spool + "/new");
  if (!stored) return fail(stored.error());
  std::unique_ptr<ReportInbox> inbox(
      new ReportInbox(*std::move(coming), *std::move(stored), quota));
  const std::time_t stale =
      std::chrono::system_clock::to_time_t(process::this_second() - k_stale);
  for_each_file(inbox->coming_,
                [&](const char* name, const struct stat& status) {
                  if (status.st_mtime > stale) return;
                  ::unlinkat(inbox->coming_.fd(), name, 0);
                });
  inbox->measure();
  return inbox;
}

ReportInbox::ReportInbox(files::Descriptor coming, files::Descriptor stored,
                         std::uint64_t quota)
    : coming_(std::move(coming)), stored_(std::move(stored)), quota_(quota) {}

void ReportInbox::measure() {
  std::uint64_t octets = 0;
  const auto count = [&](const char*, const struct stat& status) {
    octets += static_cast<std::uint64_t>(status.st_size);
  };
  for_each_file(coming_, count);
  for_each_file(stored_, count);
  used_.store(octets);
  measured_ = std::chrono::steady_clock::now();
}

bool ReportInbox::reserve(std::uint64_t octets) {
  if (used_.fetch_add(octets) + octets <= quota_) return true;
  used_.fetch_sub(octets);
  // Importers take out what nobody tells us of.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock ||
      std::chrono::steady_clock::now() - measured_ < k_measure_interval) {
    return false;
  }
  measure();
  if (used_.fetch_add(octets) + octets <= quota_) return true;
  used_.fetch_sub(octets);
  return false;
}

/// More than there is can't be given back: a measurement may have come between.
void ReportInbox::release(std::uint64_t octets) {
  std::uint64_t used = used_.load();
  while (
      !used_.compare_exchange_weak(used, used < octets ? 0 : used - octets)) {
  }
}

Result<std::unique_ptr<ReportInbox::Entry>> ReportInbox::begin() {
  if (!reserve(1)) return fail("the spool is full");
  release(1);
  std::string name = make_random_name();
  files::Descriptor file(::openat(coming_.fd(), name.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                  k_file_mode));
  if (file.fd() < 0) return fail(format_errno(errno));
  return std::unique_ptr<Entry>(
      new Entry(*this, std::move(name), std::move(file)));
}

ReportInbox::Entry::~Entry() {
  if (name_.empty()) return;
  ::unlinkat(inbox_.coming_.fd(), name_.c_str(), 0);
  inbox_.release(octets_);
}

Result<void> ReportInbox::Entry::write(std::string_view octets) {
  if (!inbox_.reserve(octets.size())) return fail("the spool is full");
  octets_ += octets.size();
  while (!octets.empty()) {
    const ssize_t written = ::write(file_.fd(), octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(format_errno(errno));
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> ReportInbox::Entry::store(std::chrono::sys_seconds now,
                                       std::string_view tenant,
                                       std::string_view suffix) {
  const std::string stored = fmt::format(
      "{}.{}.{}.{}", now.time_since_epoch().count(), name_, tenant, suffix);
  // The octets first, then the name that leads to them.
  if (::fsync(file_.fd()) != 0 ||
      ::renameat(inbox_.coming_.fd(), name_.c_str(), inbox_.stored_.fd(),
                 stored.c_str()) != 0) {
    return fail(format_errno(errno));
  }
  name_.clear();
  if (::fsync(inbox_.stored_.fd()) != 0) return fail(format_errno(errno));
  return {};
}

}  // namespace mtasts::server
