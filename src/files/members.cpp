// SPDX-License-Identifier: MIT
#include "files/members.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace mtasts::files {
namespace {

/// What list_files() has for a directory that it can't read.
bool names_directory(const std::string& path) {
  return path == "." || path.ends_with("/.");
}

/// True if list_files() would look for matches of `globs` in this directory.
bool has_matches_in(const std::vector<std::string>& globs,
                    const std::string& directory) {
  const std::string base = directory.substr(0, directory.size() - 1);
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    for (std::size_t end = glob.find('/'); end != std::string::npos;
         end = glob.find('/', end + 1)) {
      if (is_listed({.files = {}, .globs = {glob.substr(0, end + 1)}}, base)) {
        return true;
      }
    }
    return base.empty() && !glob.starts_with('/');
  });
}

}  // namespace

Members::Members(Inputs inputs)
    : inputs_(std::move(inputs)),
      named_(inputs_.files.begin(), inputs_.files.end()) {}

bool Members::has(const text::Path& one) const {
  if (is_named(one)) return true;
  const std::string path = one.text();
  if (names_directory(path)) return has_matches_in(inputs_.globs, path);
  return is_listed({.files = {}, .globs = inputs_.globs}, path);
}

Paths Members::named_otherwise(const Members& other) const {
  Paths all;
  std::set_symmetric_difference(named_.begin(), named_.end(),
                                other.named_.begin(), other.named_.end(),
                                std::inserter(all, all.end()));
  return all;
}

FileStamp Members::stamp(const text::Path& one) const {
  const std::string path = one.text();
  if (!names_directory(path)) {
    const FileStamp stamp = stamp_file(path);
    const bool counts =
        stamp.is_regular() || !inputs_.only_regular || is_named(one);
    return counts ? stamp : FileStamp{};
  }
  const std::string directory = path.substr(0, path.size() - 1);
  return {.kind = is_unlistable(directory) ? FileKind::hidden : FileKind::none};
}

}  // namespace mtasts::files
