// SPDX-License-Identifier: MIT
#include "files/file_group.hpp"

#include <iterator>
#include <utility>

namespace mtasts::files {
namespace {

std::set<std::string> named_in_one(const Inputs& a, const Inputs& b) {
  const std::set<std::string> ours(a.files.begin(), a.files.end());
  const std::set<std::string> theirs(b.files.begin(), b.files.end());
  std::set<std::string> all;
  std::set_symmetric_difference(ours.begin(), ours.end(), theirs.begin(),
                                theirs.end(), std::inserter(all, all.end()));
  return all;
}

/// What list_files() has for a directory that it can't read.
bool names_directory(const std::string& path) {
  return path == "." || path.ends_with("/.");
}

/// As list_files() would come by it.
FileStamp stamp_listed(const std::string& path) {
  if (!names_directory(path)) return stamp_file(path);
  const std::string directory = path.substr(0, path.size() - 1);
  return is_unlistable(directory) ? k_hidden_file : FileStamp{};
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

/// Compares what is on the disk with what was read.
class FileTable::Comparison final : public FileVisitor {
 public:
  Comparison(const FileTable& table, FileVisitor* also)
      : table_(table),
        also_(also),
        seen_(table.slots_.size(), false),
        next_(table.slots_.begin()) {}

  void file(const std::string& path, const FileStamp& stamp) override {
    if (also_ != nullptr) also_->file(path, stamp);
    // Matches come in the order of their paths, as the slots do.
    const auto known = next_ != table_.slots_.end() && next_->path == path
                           ? next_
                           : table_.find(path);
    if (known == table_.slots_.end() || known->path != path) {
      changes_.insert_or_assign(changes_.end(), path, stamp);
      return;
    }
    next_ = std::next(known);
    seen_[static_cast<std::size_t>(known - table_.slots_.begin())] = true;
    if (known->stamp != stamp) changes_[path] = stamp;
  }
  void directory(const std::string& path) override {
    if (also_ != nullptr) also_->directory(path);
  }
  void link(const std::string& path) override {
    if (also_ != nullptr) also_->link(path);
  }

  FileChanges take() {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (!seen_[i]) changes_[table_.slots_[i].path] = {};
    }
    return std::move(changes_);
  }

 private:
  const FileTable& table_;
  FileVisitor* also_;
  std::vector<bool> seen_;
  std::vector<Slot>::const_iterator next_;
  FileChanges changes_;
};

std::vector<FileTable::Slot>::const_iterator FileTable::find(
    const std::string& path) const {
  return std::lower_bound(slots_.begin(), slots_.end(), path,
                          [](const Slot& slot, const std::string& text) {
                            return slot.path < text;
                          });
}

void FileTable::set_inputs(Inputs inputs) {
  if (inputs.files != inputs_.files) {
    for (const std::string& path : named_in_one(inputs_, inputs)) {
      const auto known = slots_.begin() + (find(path) - slots_.cbegin());
      if (known != slots_.end() && known->path == path) known->is_due = true;
    }
  }
  has_new_inputs_ = has_new_inputs_ || inputs != inputs_;
  inputs_ = std::move(inputs);
  named_ = {inputs_.files.begin(), inputs_.files.end()};
}

bool FileTable::is_listed_here(const std::string& path) const {
  if (is_named(path)) return true;
  if (names_directory(path)) return has_matches_in(inputs_.globs, path);
  return is_listed({.files = {}, .globs = inputs_.globs}, path);
}

FileChanges FileTable::find_due(const Scope& scope) {
  FileChanges due = look(scope);
  if (scope.rested) {
    std::erase_if(due, [&](const auto& one) {
      const auto rested = scope.rested->find(one.first);
      return rested == scope.rested->end() || rested->second != one.second;
    });
  }
  const bool has_new_inputs = std::exchange(has_new_inputs_, false);
  for (const Slot& one : slots_) {
    if (has_new_inputs && !is_listed_here(one.path)) {
      due[one.path] = {};
    } else if (one.is_due && stamp_listed(one.path) == one.stamp) {
      due[one.path] = one.stamp;
    }
  }
  return due;
}

FileChanges FileTable::look(const Scope& scope, FileVisitor* also) const {
  if (scope.is_everything) {
    Comparison comparison(*this, also);
    list_files(inputs_, comparison);
    return comparison.take();
  }
  FileChanges changes;
  for (const std::string& path : scope.paths) {
    const auto known = find(path);
    const bool is_known = known != slots_.end() && known->path == path;
    if (!is_known && !is_listed_here(path)) continue;
    const FileStamp stamp = stamp_listed(path);
    const bool is_missed = !is_known && is_named(path);  // even if not there
    if (is_missed || stamp != (is_known ? known->stamp : FileStamp{})) {
      changes[path] = stamp;
    }
  }
  return changes;
}

}  // namespace mtasts::files
