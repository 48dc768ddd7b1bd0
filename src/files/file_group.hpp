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
#include "files/listing.hpp"

namespace mtasts::files {

/// Paths that are not as they were read, with what is there now.
using FileChanges = std::map<std::string, FileStamp>;

/// Where to look: everywhere, or only at some paths.
struct Scope {
  bool is_everything = true;
  std::set<std::string> paths = {};  // when it is not everything
  /// What may be read, each file in this state only; null: all that changed.
  std::shared_ptr<const FileChanges> rested = nullptr;
};

/// Which files there are, and in which state they were read.
class FileTable {
 public:
  /// The next update() also reads again what was named before or is named now
  /// but not both, since other things are said of it, and forgets what is not
  /// listed any more: both can be done at once, for no file has changed.
  void set_inputs(Inputs inputs);
  const Inputs& inputs() const { return inputs_; }

  /// What differs on the disk from what was read. `also`, if not null, is
  /// shown everything on the way, when the scope is everything.
  FileChanges look(const Scope& scope, FileVisitor* also = nullptr) const;

  /// True if it is one of the files, and not only a match of a pattern.
  bool is_named(const std::string& path) const { return named_.contains(path); }
  bool is_listed_here(const std::string& path) const;

 protected:
  struct Slot {
    std::string path;
    FileStamp stamp;
    std::shared_ptr<const void> part;
    bool is_due = false;  // to be read again, changed or not
  };

  /// What update() has to read, or to forget: what has changed and may be read,
  /// and what is due and has not changed.
  FileChanges find_due(const Scope& scope);
  std::vector<Slot>::const_iterator find(const std::string& path) const;

  Inputs inputs_;
  std::vector<Slot> slots_;  // by path

 private:
  std::set<std::string> named_;  // inputs_.files
  bool has_new_inputs_ = false;  // since the last update()

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
    for (const auto& [path, stamp] : find_due(scope)) {
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
        known->is_due = false;
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
      if (has_errors(part->diagnostics)) one.is_due = true;
    }
  }

  /// Takes out of `changes`, and counts as read, what was of no interest and
  /// still is, so that nobody waits for it to rest. `is_dull(path, stamp,
  /// part)` says so; part: null, or what was read before.
  template <class IsDull>
  void pass_over(FileChanges& changes, IsDull is_dull) {
    bool removed = false;
    std::erase_if(changes, [&](const auto& change) {
      const auto& [path, stamp] = change;
      const auto known = slots_.begin() + (find(path) - slots_.cbegin());
      const bool is_known = known != slots_.end() && known->path == path;
      const auto* before =
          is_known ? static_cast<const Part*>(known->part.get()) : nullptr;
      if (!is_dull(path, stamp, before)) return false;
      if (!is_known) {
        slots_.insert(known, {path, stamp, std::make_shared<const Part>()});
      } else if (stamp.inode == 0) {
        known->part = nullptr;
        removed = true;
      } else {
        known->stamp = stamp;
      }
      return true;
    });
    if (removed) {
      std::erase_if(slots_, [](const Slot& one) { return !one.part; });
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

}  // namespace mtasts::files
