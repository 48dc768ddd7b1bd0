// SPDX-License-Identifier: MIT
#include "process/account.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "files/descriptor.hpp"
#include "log.hpp"

namespace mtasts::process {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, CloseFile>;

FilePtr open_database(const char* path) {
  return FilePtr(std::fopen(path, "re"));
}

std::vector<gid_t> find_groups(const Account& account) {
  std::vector<gid_t> groups = {account.gid};
  const FilePtr file = open_database("/etc/group");
  if (!file) return groups;
  while (const group* entry = ::fgetgrent(file.get())) {
    for (char** member = entry->gr_mem; *member != nullptr; ++member) {
      if (account.name == *member) groups.push_back(entry->gr_gid);
    }
  }
  return groups;
}

/// So that a client that is this user can connect, and in a folder with the
/// sticky bit the file can be removed in the end. It is no fault if not.
void hand_over(const std::string& socket, const Account& account) {
  // Not by the path, where something else may be by now.
  const files::Descriptor file(
      ::open(socket.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0 ||
      !S_ISSOCK(status.st_mode)) {
    return;
  }
  [[maybe_unused]] const int ignored =
      ::fchownat(file.fd(), "", account.uid, account.gid, AT_EMPTY_PATH);
}

}  // namespace

Result<void> become(const Account& account) {
  const std::vector<gid_t> groups = find_groups(account);
  if (::setgroups(groups.size(), groups.data()) != 0 ||
      ::setresgid(account.gid, account.gid, account.gid) != 0 ||
      ::setresuid(account.uid, account.uid, account.uid) != 0) {
    return fail(fmt::format("can't become user {}: {}", in_quotes(account.name),
                            format_errno(errno)),
                "root needs the capabilities CAP_SETUID and CAP_SETGID for it");
  }
  if (::setuid(0) == 0) {
    return fail(
        fmt::format("user {} could become root again", in_quotes(account.name)),
        "start it without securebits that keep capabilities");
  }
  return {};
}

Result<Account> find_account(const std::string& name) {
  const FilePtr file = open_database("/etc/passwd");
  while (file) {
    const passwd* entry = ::fgetpwent(file.get());
    if (entry == nullptr) break;
    if (name == entry->pw_name) {
      return Account{.name = name, .uid = entry->pw_uid, .gid = entry->pw_gid};
    }
  }
  return fail(
      fmt::format("user {} is not in /etc/passwd", in_quotes(name)),
      fmt::format("useradd --system {}, or take user out of [server]", name));
}

Result<Account> take_user(const std::string& name,
                          const std::vector<std::string>& sockets) {
  const uid_t now = ::geteuid();
  if (name.empty()) return Account{.uid = now, .gid = ::getegid()};
  Result<Account> account = find_account(name);
  if (!account) return account;
  const std::string quoted = in_quotes(account->name);
  if (account->uid == 0) {
    return fail(fmt::format("user {} is root", quoted),
                "name a user with fewer rights, or none at all");
  }
  if (account->uid == now) return account;
  if (now != 0) {
    return fail(fmt::format("can't become user {}: only root can, and this is "
                            "user {}",
                            quoted, now),
                "start it as root or as that user, or take user out of "
                "[server]");
  }
  for (const std::string& one : sockets) hand_over(one, *account);
  const Result<void> done = become(*account);
  if (!done) return fail(done.error());
  account->is_new = true;
  return account;
}

void log_user(const Account& account) {
  if (account.uid == 0) {
    log::warning("root", {{"hint",
                           "user = \"NAME\" in [server] gives root's rights up "
                           "once the sockets are bound"}});
  } else if (account.is_new) {
    log::info(
        "user",
        {{"name", account.name}, {"uid", account.uid}, {"gid", account.gid}});
  }
}

}  // namespace mtasts::process
