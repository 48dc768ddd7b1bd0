// SPDX-License-Identifier: MIT
#include "files/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

namespace mtasts::files {
namespace {

// Without O_NONBLOCK, open() on a FIFO waits for a writer for ever.
constexpr int k_read_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

std::string reason(int error) { return std::generic_category().message(error); }

std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t k_ns_per_s = 1'000'000'000;
  return time.tv_sec * k_ns_per_s + time.tv_nsec;
}

bool is_absence(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP ||
         error == ENAMETOOLONG;
}

FileStamp stamp_at(int directory, const char* path) {
  struct stat status {};
  if (::fstatat(directory, path, &status, 0) != 0) {
    if (!is_absence(errno)) return k_hidden_file;
    const bool is_there =
        ::fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!is_there || !S_ISLNK(status.st_mode)) return {};
    return {.device = status.st_dev, .inode = status.st_ino, .size = -2};
  }
  // What happens inside of a directory is no change of its own.
  if (!S_ISREG(status.st_mode)) {
    return {.device = status.st_dev, .inode = status.st_ino, .size = -1};
  }
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .modified_ns = nanoseconds(status.st_mtim),
          .changed_ns = nanoseconds(status.st_ctim)};
}

// --- Patterns ---

struct Entry {
  std::string name;
  unsigned char type;  // DT_REG, ...
};

struct Listing {
  std::vector<Entry> entries;
  bool is_whole = true;
};

/// What of `directory` matches `pattern`, sorted.
Listing read_matches(DIR* directory, const std::string& pattern) {
  Listing listing;
  for (;;) {
    errno = 0;
    const dirent* one = ::readdir(directory);
    if (one == nullptr) break;
    const std::string_view name = one->d_name;
    if (name == "." || name == "..") continue;
    if (::fnmatch(pattern.c_str(), one->d_name, FNM_PERIOD) == 0) {
      listing.entries.push_back({std::string(name), one->d_type});
    }
  }
  listing.is_whole = errno == 0;
  std::sort(listing.entries.begin(), listing.entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return listing;
}

std::string unescape_glob(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

/// `pattern` is what follows `base`, which has no pattern in it and is empty
/// or ends with a slash.
void list_matches(const std::string& base, std::string_view pattern,
                  FileVisitor& visitor) {
  const std::size_t slash = pattern.find('/');
  const bool is_last = slash == std::string_view::npos;
  const std::string part(pattern.substr(0, slash));
  const std::string_view rest = is_last ? "" : pattern.substr(slash + 1);
  if (!is_last && !has_glob(part)) {
    list_matches(base + unescape_glob(part) + "/", rest, visitor);
    return;
  }
  visitor.directory(base);
  const std::unique_ptr<DIR, int (*)(DIR*)> open(
      ::opendir(base.empty() ? "." : base.c_str()), &::closedir);
  if (!open) {
    if (!is_absence(errno)) visitor.file(base + ".", k_hidden_file);
    return;
  }
  const Listing listing = read_matches(open.get(), part);
  if (!listing.is_whole) visitor.file(base + ".", k_hidden_file);
  for (const Entry& entry : listing.entries) {
    const std::string path = base + entry.name;
    if (entry.type == DT_LNK) visitor.link(path);
    if (is_last) {
      visitor.file(path, stamp_at(::dirfd(open.get()), entry.name.c_str()));
    } else if (entry.type == DT_DIR ||
               (entry.type != DT_REG && is_directory(path))) {
      list_matches(path + "/", rest, visitor);
    }
  }
}

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
    if (got < 0) return fail(reason(errno));
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

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

FileStamp stamp_file(const std::string& path) {
  return stamp_at(AT_FDCWD, path.c_str());
}

bool is_unlistable(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(
      ::opendir(path.empty() ? "." : path.c_str()), &::closedir);
  if (!open) return !is_absence(errno);
  return !read_matches(open.get(), "*").is_whole;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_empty_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_size == 0;
}

bool is_readable_by_all(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

bool is_nameless(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && status.st_nlink == 0;
}

bool is_shut_out(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return false;
  const Descriptor file(::open(path.c_str(), k_read_flags));
  return file.fd() < 0 && errno == EACCES;
}

Result<std::string> read_file(const std::string& path, std::size_t max_octets) {
  const Descriptor file(::open(path.c_str(), k_read_flags));
  if (file.fd() < 0) return fail(reason(errno));
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return fail(reason(errno));
  if (S_ISDIR(status.st_mode)) return fail("is a directory");
  if (!S_ISREG(status.st_mode)) return fail("is not a regular file");
  return read_all(file.fd(), static_cast<std::size_t>(status.st_size),
                  max_octets);
}

Result<std::string> read_stream(const std::string& path,
                                std::size_t max_octets) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.fd() < 0) return fail(reason(errno));
  return read_all(file.fd(), 65535, max_octets);
}

Result<std::string> read_standard_input(std::size_t max_octets) {
  return read_all(STDIN_FILENO, 65535, max_octets);
}

bool has_glob(const std::string& path) {
  return path.find_first_of("*?[") != std::string::npos;
}

std::string escape_glob(const std::string& path) {
  std::string escaped;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void list_files(const Inputs& inputs, FileVisitor& visitor) {
  for (const std::string& file : inputs.files) {
    visitor.directory(file.substr(0, file.rfind('/') + 1));
    std::error_code ignored;
    if (std::filesystem::is_symlink(file, ignored)) visitor.link(file);
    visitor.file(file, stamp_file(file));
  }
  for (const std::string& pattern : inputs.globs) {
    list_matches({}, pattern, visitor);
  }
}

bool is_listed(const Inputs& inputs, const std::string& path) {
  return std::find(inputs.files.begin(), inputs.files.end(), path) !=
             inputs.files.end() ||
         std::any_of(inputs.globs.begin(), inputs.globs.end(),
                     [&path](const std::string& pattern) {
                       return ::fnmatch(pattern.c_str(), path.c_str(),
                                        FNM_PATHNAME | FNM_PERIOD) == 0;
                     });
}

std::string resolve_beside(const std::string& file, const std::string& path) {
  const std::filesystem::path here = std::filesystem::path(file).parent_path();
  return (here / path).lexically_normal().string();
}

}  // namespace mtasts::files
