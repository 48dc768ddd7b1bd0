// SPDX-License-Identifier: MIT
#include "files/listing.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "files/descriptor.hpp"

namespace mtasts::files {
namespace {

constexpr FileStamp k_hidden{.kind = FileKind::hidden};
constexpr FileStamp k_listed{.kind = FileKind::listed};

struct Entry {
  std::string name;
  unsigned char type;  // DT_REG, ...
};

struct Listing {
  std::vector<Entry> entries;
  bool is_whole = true;
};

/// What of the open folder matches `pattern`, sorted.
Listing read_matches(int folder, const std::string& pattern) {
  Listing listing;
  alignas(dirent64) std::array<char, 32 * 1024> buffer;
  ssize_t got = 0;
  while ((got = ::getdents64(folder, buffer.data(), buffer.size())) > 0) {
    for (ssize_t at = 0; at < got;) {
      const auto* one = reinterpret_cast<const dirent64*>(buffer.data() + at);
      at += one->d_reclen;
      const std::string_view name = one->d_name;
      if (name != "." && name != ".." &&
          ::fnmatch(pattern.c_str(), one->d_name, FNM_PERIOD) == 0) {
        listing.entries.push_back({std::string(name), one->d_type});
      }
    }
  }
  listing.is_whole = got == 0;
  std::ranges::sort(listing.entries, {}, &Entry::name);
  return listing;
}

/// None when it can't be opened; `name` is its path as seen from `parent`.
Descriptor open_folder(int parent, const std::string& name) {
  return Descriptor(::openat(parent, name.empty() ? "." : name.c_str(),
                             O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC));
}

std::string unescape_glob(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

/// `base` has no pattern in it and is empty or ends with a slash; `pattern` is
/// what follows it in one of `inputs`, and `name` it as seen from `parent`.
void list_matches(const Inputs& inputs, FileVisitor& visitor, int parent,
                  const std::string& name, const text::Path& base,
                  std::string_view pattern) {
  const std::size_t slash = pattern.find('/');
  const bool is_last = slash == std::string_view::npos;
  const std::string part(pattern.substr(0, slash));
  const auto descend = [&](int from, const std::string& to,
                           const text::Path& below) {
    list_matches(inputs, visitor, from, to, below, pattern.substr(slash + 1));
  };
  if (!is_last && !has_glob(part)) {
    const std::string plain = unescape_glob(part) + "/";
    return descend(parent, name + plain, base / plain);
  }
  visitor.directory(base);
  const Descriptor folder = open_folder(parent, name);
  if (folder.fd() < 0) {
    if (!is_absence(errno)) visitor.file(base / ".", k_hidden);
    return;
  }
  const Listing listing = read_matches(folder.fd(), part);
  if (!listing.is_whole) visitor.file(base / ".", k_hidden);
  for (const Entry& entry : listing.entries) {
    if (entry.type == DT_LNK) visitor.link(base / entry.name);
    if (!is_last) {
      const std::string below = entry.name + "/";
      if (entry.type == DT_DIR ||
          (entry.type != DT_REG && is_directory((base / below).text()))) {
        descend(folder.fd(), below, base / below);
      }
    } else if (entry.type == DT_REG && !visitor.needs_stamps()) {
      visitor.file(base / entry.name, k_listed);
    } else if (entry.type != DT_DIR || !inputs.only_regular) {
      const FileStamp stamp = stamp_entry(folder.fd(), entry.name.c_str());
      if (!inputs.only_regular || stamp.is_regular())
        visitor.file(base / entry.name, stamp);
    }
  }
}

}  // namespace

bool is_unlistable(const std::string& path) {
  const Descriptor folder = open_folder(AT_FDCWD, path);
  if (folder.fd() < 0) return !is_absence(errno);
  return !read_matches(folder.fd(), "*").is_whole;
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
    const text::Path path(file);
    visitor.directory(path.folder());
    std::error_code ignored;
    if (std::filesystem::is_symlink(file, ignored)) visitor.link(path);
    visitor.file(path, stamp_file(file));
  }
  for (const std::string& pattern : inputs.globs) {
    list_matches(inputs, visitor, AT_FDCWD, {}, {}, pattern);
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
