// SPDX-License-Identifier: MIT
// Files that belong together, each with what was read from it. Looking again
// reads only those that have changed: one in 100,000 costs as much as one.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "diagnostic.hpp"
#include "file.hpp"

namespace mtasts {

/// Where to look: everywhere, or only at some paths.
struct Scope {
  bool is_everything = true;
  std::set<std::string> paths = {};  // when it is not everything
};

/// Paths that are not as they were read, with what is there now.
using FileChanges = std::map<std::string, FileStamp>;

/// Which files there are, and in which state they were read.
class FileTable {
 public:
  /// Makes a change of everything that is not listed any more, and of what was
  /// named before or is named now but not both: other things are said of it.
  void set_inputs(Inputs inputs);
  const Inputs& inputs() const { return inputs_; }

  /// What differs on the disk from what was read. `also`, if not null, is
  /// shown everything on the way, when the scope is everything.
  FileChanges look(const Scope& scope, FileVisitor* also = nullptr) const;

  /// True if it is one of the files, and not only a match of a pattern.
  bool is_named(const std::string& path) const { return named_.contains(path); }

 protected:
  struct Slot {
    std::string path;
    FileStamp stamp;
    std::shared_ptr<const void> part;
  };

  /// No file is ever in this state, not even one that is gone.
  static constexpr FileStamp k_unread{.size = -4};

  std::vector<Slot>::const_iterator find(const std::string& path) const;

  Inputs inputs_;
  std::vector<Slot> slots_;  // by path

 private:
  std::set<std::string> named_;  // inputs_.files

  class Comparison;
};

template <class Part>
class FileGroup : public FileTable {
 public:
  using PartPtr = std::shared_ptr<const Part>;
  struct Change {
    std::string path;
    PartPtr before;  // null: was not there
    PartPtr after;   // null: is gone
  };

  /// Looks, and reads what has changed: `read(path, stamp)` returns a PartPtr.
  /// In the order of the paths.
  template <class Read>
  std::vector<Change> update(const Scope& scope, Read read) {
    std::vector<Change> changes;
    std::vector<Slot> added;
    bool removed = false;
    for (const auto& [path, stamp] : look(scope)) {
      const auto known = slots_.begin() + (find(path) - slots_.cbegin());
      Change change{path, nullptr, nullptr};
      if (is_listed_at(path, stamp)) change.after = read(path, stamp);
      if (known == slots_.end() || known->path != path) {
        if (!change.after) continue;
        added.push_back({path, stamp, change.after});
      } else {
        change.before = std::static_pointer_cast<const Part>(known->part);
        known->stamp = stamp;
        known->part = change.after;
        removed = removed || !change.after;
      }
      changes.push_back(std::move(change));
    }
    if (removed) {
      std::erase_if(slots_, [](const Slot& one) { return !one.part; });
    }
    if (!added.empty()) slots_.reserve(slots_.size() + added.size());
    const auto middle = static_cast<std::ptrdiff_t>(slots_.size());
    std::move(added.begin(), added.end(), std::back_inserter(slots_));
    std::inplace_merge(
        slots_.begin(), slots_.begin() + middle, slots_.end(),
        [](const Slot& a, const Slot& b) { return a.path < b.path; });
    return changes;
  }

  /// Has the next update() read what has a fault again: the cause may go away
  /// while the file stays as it is.
  void reread_faulty() {
    for (Slot& one : slots_) {
      const auto* part = static_cast<const Part*>(one.part.get());
      if (has_errors(part->diagnostics)) one.stamp = k_unread;
    }
  }

  /// In the order of the paths: `visit(path, part)`.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Slot& one : slots_) {
      visit(one.path, *static_cast<const Part*>(one.part.get()));
    }
  }

  std::size_t size() const { return slots_.size(); }

 private:
  /// A named file is read even when there is none: that is a fault to report.
  bool is_listed_at(const std::string& path, const FileStamp& stamp) const {
    return stamp.inode != 0 || is_named(path);
  }
};

}  // namespace mtasts
