// SPDX-License-Identifier: MIT
#include "files/file_changes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mtasts::files {
namespace {

void remove_repeated(FileChanges& changes) {
  const auto rest = std::ranges::unique(changes, {}, &FileChange::path);
  changes.erase(rest.begin(), rest.end());
}

}  // namespace

void sort_once(FileChanges& changes) {
  if (!std::ranges::is_sorted(changes, {}, &FileChange::path)) {
    std::ranges::stable_sort(changes, {}, &FileChange::path);
  }
  remove_repeated(changes);
}

void merge(FileChanges& changes, FileChanges more) {
  if (changes.empty()) changes.swap(more);
  if (more.empty()) return;
  const auto middle = std::ssize(changes);
  changes.reserve(changes.size() + more.size());
  std::ranges::move(more, std::back_inserter(changes));
  std::ranges::inplace_merge(changes, changes.begin() + middle, {},
                             &FileChange::path);
  remove_repeated(changes);
}

const FileChange* find(const FileChanges& changes, const text::Path& path) {
  const auto found =
      std::ranges::lower_bound(changes, path, {}, &FileChange::path);
  return found != changes.end() && found->path == path ? &*found : nullptr;
}

}  // namespace mtasts::files
