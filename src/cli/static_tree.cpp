// SPDX-License-Identifier: MIT
#include "cli/static_tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "files/descriptor.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::cli {
namespace {

// The parts of k_policy_path.
constexpr const char* k_folder = ".well-known";
constexpr const char* k_file = "mta-sts.txt";

/// Of the call that has just failed.
tl::unexpected<Error> cannot(std::string_view act, std::string_view path,
                             std::string hint = {}) {
  const int error = errno;
  return fail(fmt::format("can't {} {}: {}", act, in_quotes(path),
                          std::generic_category().message(error)),
              std::move(hint));
}

/// Opens the folder `name` of the folder `parent`, and makes it if it is not
/// there. `path` is what people call it.
Result<files::Descriptor> open_folder(int parent, const char* name, int flags,
                                      const std::string& path) {
  if (::mkdirat(parent, name, 0777) != 0 && errno != EEXIST) {
    return cannot("make", path);
  }
  files::Descriptor folder(
      ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags));
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
bool has_content(int folder, std::string_view content) {
  const files::Descriptor file(
      ::openat(folder, k_file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
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

Result<void> replace_file(int folder, std::string_view content,
                          const std::string& path) {
  // Two runs at a time must not write into one file.
  const std::string fresh = fmt::format(".{}.{}", k_file, ::getpid());
  ::unlinkat(folder, fresh.c_str(), 0);  // what a killed run may have left
  const files::Descriptor file(
      ::openat(folder, fresh.c_str(),
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (file.fd() < 0) return cannot("write", path);
  if (write_all(file.fd(), content) &&
      ::renameat(folder, fresh.c_str(), folder, k_file) == 0) {
    return {};
  }
  const tl::unexpected<Error> error = cannot("write", path);
  ::unlinkat(folder, fresh.c_str(), 0);
  return error;
}

Result<void> write_policy(const files::Descriptor& root,
                          const std::string& directory,
                          const std::string& domain, const std::string& body) {
  const std::string host = std::string(snapshot::k_policy_host_prefix) + domain;
  std::string path = fmt::format("{}/{}", directory, host);
  const Result<files::Descriptor> of_host =
      open_folder(root.fd(), host.c_str(), O_NOFOLLOW, path);
  if (!of_host) return tl::unexpected<Error>(of_host.error());
  path += fmt::format("/{}", k_folder);
  const Result<files::Descriptor> folder =
      open_folder(of_host->fd(), k_folder, O_NOFOLLOW, path);
  if (!folder) return tl::unexpected<Error>(folder.error());
  if (has_content(folder->fd(), body)) return {};
  return replace_file(folder->fd(), body, fmt::format("{}/{}", path, k_file));
}

}  // namespace

Result<void> write_static_tree(const std::string& directory,
                               const config::Live& live,
                               const std::vector<std::string>& domains) {
  const Result<files::Descriptor> root =
      open_folder(AT_FDCWD, directory.c_str(), 0, directory);
  if (!root) return tl::unexpected<Error>(root.error());
  for (const std::string& domain : domains) {
    const Result<void> written =
        write_policy(*root, directory, domain, live.find_domain(domain)->body);
    if (!written) return written;
  }
  return {};
}

}  // namespace mtasts::cli
