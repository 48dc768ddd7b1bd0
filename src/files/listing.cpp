// SPDX-License-Identifier: MIT
#include "files/listing.hpp"

#include <dirent.h>
#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

namespace mtasts::files {
namespace {

constexpr FileStamp k_hidden{.kind = FileKind::hidden};

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
    if (!is_absence(errno)) visitor.file(base + ".", k_hidden);
    return;
  }
  const Listing listing = read_matches(open.get(), part);
  if (!listing.is_whole) visitor.file(base + ".", k_hidden);
  for (const Entry& entry : listing.entries) {
    const std::string path = base + entry.name;
    if (entry.type == DT_LNK) visitor.link(path);
    if (is_last) {
      visitor.file(path, stamp_entry(::dirfd(open.get()), entry.name.c_str()));
    } else if (entry.type == DT_DIR ||
               (entry.type != DT_REG && is_directory(path))) {
      list_matches(path + "/", rest, visitor);
    }
  }
}

}  // namespace

bool is_unlistable(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open(
      ::opendir(path.empty() ? "." : path.c_str()), &::closedir);
  if (!open) return !is_absence(errno);
  return !read_matches(open.get(), "*").is_whole;
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
