// SPDX-License-Identifier: MIT
#include "process/landlock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "files/descriptor.hpp"

namespace mtasts::process {
namespace {

// The kernel's interface as of version 7; Debian 12's header stops at 2.
constexpr std::uint32_t k_query_version = 1;
constexpr int k_path_beneath = 1;
constexpr std::uint64_t k_write_file = 1U << 1U;
constexpr std::uint64_t k_read_file = 1U << 2U;
constexpr std::uint64_t k_read_dir = 1U << 3U;
constexpr std::uint64_t k_remove_file = 1U << 5U;
constexpr std::uint64_t k_make_folder = 1U << 7U;
constexpr std::uint64_t k_make_file = 1U << 8U;
constexpr std::uint64_t k_move_between_folders = 1U << 13U;  // "refer"
constexpr std::uint64_t k_truncate = 1U << 14U;
// How many rights there are on files, from version 1 on: refer came with 2,
// truncate with 3, ioctl on devices with 5.
constexpr std::array<unsigned, 5> k_file_rights = {13, 14, 15, 15, 16};
constexpr std::uint64_t k_bind = 1;
constexpr std::uint64_t k_bind_and_connect = 3;
constexpr int k_knows_tcp = 4;
constexpr std::uint64_t k_abstract_sockets_and_signals = 3;
constexpr int k_knows_scopes = 6;

struct Ruleset {
  std::uint64_t files;
  std::uint64_t tcp;
  std::uint64_t scopes;
};

struct [[gnu::packed]] PathBeneath {
  std::uint64_t rights;
  std::int32_t folder;
};

std::uint64_t all_file_rights(int version) {
  const auto index = static_cast<std::size_t>(version - 1);
  return (1ULL << k_file_rights.at(std::min(index, k_file_rights.size() - 1))) -
         1;
}

Result<void> allow(const files::Descriptor& ruleset, const std::string& path,
                   std::uint64_t rights) {
  const files::Descriptor file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (file.fd() < 0) return {};
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return fail(format_errno(errno));
  if (!S_ISDIR(status.st_mode)) rights &= k_read_file;
  const PathBeneath rule{.rights = rights, .folder = file.fd()};
  if (::syscall(SYS_landlock_add_rule, ruleset.fd(), k_path_beneath, &rule,
                0) != 0) {
    return fail(format_errno(errno));
  }
  return {};
}

}  // namespace

Result<int> find_landlock() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, k_query_version);
  if (version > 0) return static_cast<int>(version);
  // Not built in; or not among those that were chosen at boot.
  if (errno == ENOSYS || errno == EOPNOTSUPP) return 0;
  return fail(format_errno(errno));
}

Result<void> enter_landlock(int version, const Allowed& allowed,
                            Profile profile) {
  const std::uint64_t tcp =
      profile == Profile::client ? k_bind : k_bind_and_connect;
  const Ruleset wanted{
      .files = all_file_rights(version),
      .tcp = version >= k_knows_tcp ? tcp : 0,
      .scopes = version >= k_knows_scopes ? k_abstract_sockets_and_signals : 0};
  // What an older kernel does not know is zero, and it takes that.
  const files::Descriptor ruleset(static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &wanted, sizeof wanted, 0)));
  if (ruleset.fd() < 0) return fail(format_errno(errno));
  for (const std::string& path : allowed.readable) {
    const auto done = allow(ruleset, path, k_read_file | k_read_dir);
    if (!done) return done;
  }
  for (const std::string& path : allowed.removable_in) {
    const auto done = allow(ruleset, path, k_remove_file);
    if (!done) return done;
  }
  const std::uint64_t writing =
      (k_read_file | k_read_dir | k_write_file | k_remove_file | k_make_folder |
       k_make_file | k_truncate) &
      wanted.files;
  const std::uint64_t moving =
      profile == Profile::collector ? k_move_between_folders & wanted.files : 0;
  for (const std::string& path : allowed.writable_in) {
    const auto done = allow(ruleset, path, writing | moving);
    if (!done) return done;
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.fd(), 0) != 0) {
    return fail(format_errno(errno));
  }
  return {};
}

}  // namespace mtasts::process
