// SPDX-License-Identifier: MIT
// Files that belong together, each with what was read from it. Looking again
// reads only those that have changed: one in 100,000 costs as much as one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "diagnostic.hpp"
#include "files/file_changes.hpp"
#include "files/file_to_read.hpp"
#include "files/listing.hpp"
#include "files/members.hpp"
#include "shared.hpp"
#include "text/path.hpp"

namespace mtasts::files {

/// Does all parts in one call: `work(begin, end)`.
struct OneByOne {
  template <class Work>
  void operator()(std::size_t count, const Work& work) const {
    work(std::size_t{0}, count);
  }
};

/// Where to look for what has changed, and what of it may be read: all of it,
/// everywhere or at some paths; or what has come to rest, each file only while
/// it is in the state in which it rested.
struct Everywhere {
  FileVisitor* also = nullptr;  // is shown all on the way; null: nobody is
};
using Scope = std::variant<Everywhere, Paths, FileChanges>;

inline bool is_of_rested(const Scope& scope) {
  return std::holds_alternative<FileChanges>(scope);
}

inline FileVisitor* visitor_of(const Scope& scope) {
  const auto* everywhere = std::get_if<Everywhere>(&scope);
  return everywhere != nullptr ? everywhere->also : nullptr;
}

/// `Part` is what one file was read into; it has `diagnostics`.
template <class Part>
class FileGroup {
 public:
  using PartPtr =
      std::conditional_t<std::is_base_of_v<Counted, Part>, Shared<const Part>,
                         std::shared_ptr<const Part>>;
  struct Change {
    PartPtr before;  // null: was not there
    PartPtr after;   // null: is gone
  };

  /// `what` its files have, for people: "certificates".
  explicit FileGroup(std::string_view what = "files") : what_(what) {}

  /// Other files belong to it from the next update() on. That one forgets what
  /// is not listed any more. It also reads again what used to be a mere match
  /// of a pattern and is a named file now, or the other way round: a directory
  /// that is named is a fault, and one among the matches is none.
  void set_inputs(Inputs inputs) {
    Members next(std::move(inputs));
    due_.merge(members_.named_otherwise(next));
    has_new_inputs_ = has_new_inputs_ || next.inputs() != members_.inputs();
    members_ = std::move(next);
  }
  const Inputs& inputs() const { return members_.inputs(); }
  bool is_named(const text::Path& path) const {
    return members_.is_named(path);
  }

  /// Shows which files there are now.
  void list(FileVisitor& visitor) const { list_files(inputs(), visitor); }

  /// What differs on the disk from what was read.
  FileChanges look(const Scope& scope) const {
    if (std::holds_alternative<Everywhere>(scope)) {
      Comparison comparison(files_, visitor_of(scope));
      list_files(inputs(), comparison);
      return comparison.take();
    }
    FileChanges changes;
    const auto look_at = [&](const text::Path& path) {
      const File* known = find_in(files_, path);
      if (known == nullptr && !members_.has(path)) return;
      const FileStamp stamp = members_.stamp(path);
      // A named file that was never read is missed, even if it is not there.
      const bool is_missed = known == nullptr && is_named(path);
      const bool is_changed =
          known ? known->digest != digest(stamp) : stamp != FileStamp{};
      if (is_missed || is_changed) changes.push_back({path, stamp});
    };
    if (const auto* paths = std::get_if<Paths>(&scope)) {
      for (const text::Path& path : *paths) look_at(path);
    } else {
      for (const auto& one : std::get<FileChanges>(scope)) look_at(one.path);
    }
    return changes;
  }

  /// Looks, and reads what has changed: `read(file)`, of a FileToRead, returns
  /// a PartPtr. `share_out` is OneByOne, or has several such calls run at a
  /// time. In the order of the paths.
  template <class Read, class ShareOut = OneByOne>
  std::vector<Change> update(const Scope& scope, Read read,
                             ShareOut share_out = {}) {
    FileVisitor* also = visitor_of(scope);
    if (also != nullptr) also->begin("Looking for", what_, 0);
    std::vector<Due> due = choose_due(scope);
    if (also != nullptr) also->begin("Reading", what_, due.size());
    share_out(due.size(), [&](std::size_t begin, std::size_t end) {
      while (begin != end) {
        const std::span<Due> rest(&due[begin], end - begin);
        begin += read_folder(rest, read, also);
      }
    });
    std::vector<Change> changes;
    Files added;
    bool has_gone = false;
    for (Due& one : due) {
      const text::Path& path = one.path;
      const FileStamp& stamp = one.stamp;
      Change change{nullptr, std::move(one.part)};
      due_.erase(path);
      if (File* known = find_in(files_, path)) {
        change.before = std::exchange(known->part, change.after);
        known->digest = digest(stamp);
        has_gone = has_gone || !change.after;
      } else if (change.after) {
        added.push_back({path, digest(stamp), change.after});
      } else {
        continue;
      }
      changes.push_back(std::move(change));
    }
    arrange(std::move(added), has_gone);
    return changes;
  }

  /// Has the next update() read what has a fault again: the cause may go away
  /// while the file stays as it is.
  void reread_faulty() {
    for (const File& one : files_) {
      if (has_errors(one.part->diagnostics)) due_.insert(one.path);
    }
  }

  /// Takes out of `changes`, and counts as read, what was of no interest and
  /// still is, so that nobody waits for it to rest. `is_dull(path, stamp,
  /// part)` says so; part: null, or what was read before.
  template <class IsDull>
  void pass_over(FileChanges& changes, IsDull is_dull) {
    Files added;
    bool has_gone = false;
    std::erase_if(changes, [&](const FileChange& change) {
      const auto& [path, stamp] = change;
      File* known = find_in(files_, path);
      if (!is_dull(path, stamp, known ? known->part.get() : nullptr)) {
        return false;
      }
      if (known == nullptr) {
        added.push_back({path, digest(stamp), PartPtr(new Part())});
      } else {
        known->digest = digest(stamp);
        if (!stamp.is_there()) known->part = nullptr;
        has_gone = has_gone || !stamp.is_there();
      }
      return true;
    });
    arrange(std::move(added), has_gone);
  }

  /// In the order of the paths: `visit(path, part)`.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const File& one : files_) visit(one.path, *one.part);
  }

  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    text::Path path;
    std::uint64_t digest = 0;  // of its stamp when it was read
    PartPtr part = nullptr;
  };
  using Files = std::vector<File>;

  /// What update() has to read, or to forget.
  struct Due {
    text::Path path;
    FileStamp stamp;
    PartPtr part = nullptr;  // what was read
  };

  /// Takes all that list_files() shows, when nothing was read before. One block
  /// of memory: what is allotted and freed between the paths, which stay, would
  /// leave a hole beside each.
  class FirstListing final : public FileVisitor {
   public:
    explicit FirstListing(FileVisitor* also) : also_(also) {}

    bool needs_stamps() const override { return false; }
    void file(const text::Path& path, const FileStamp& stamp) override {
      if (also_ != nullptr) also_->file(path, stamp);
      due_.push_back({path, stamp});
    }
    void directory(const text::Path& path) override {
      if (also_ != nullptr) also_->directory(path);
    }
    void link(const text::Path& path) override {
      if (also_ != nullptr) also_->link(path);
    }

    /// In the order of the paths, each once.
    std::vector<Due> take() {
      std::ranges::stable_sort(due_, {}, &Due::path);
      const auto rest = std::ranges::unique(due_, {}, &Due::path);
      due_.erase(rest.begin(), rest.end());
      return std::move(due_);
    }

   private:
    FileVisitor* also_;
    std::vector<Due> due_;
  };

  /// Compares what list_files() shows with what was read.
  class Comparison final : public FileVisitor {
   public:
    Comparison(const Files& files, FileVisitor* also)
        : files_(files), also_(also), seen_(files.size(), false) {}

    void file(const text::Path& path, const FileStamp& stamp) override {
      if (also_ != nullptr) also_->file(path, stamp);
      // Matches come in the order of their paths, as the files do.
      const bool is_next = next_ < files_.size() && files_[next_].path == path;
      const File* known = is_next ? &files_[next_] : find_in(files_, path);
      if (known == nullptr) {
        changes_.push_back({path, stamp});
        return;
      }
      const auto place = static_cast<std::size_t>(known - files_.data());
      seen_[place] = true;
      next_ = place + 1;
      if (known->digest != digest(stamp)) changes_.push_back({path, stamp});
    }
    void directory(const text::Path& path) override {
      if (also_ == nullptr) return;
      // Who keeps it shares it with the files in it.
      const text::Path known =
          next_ < files_.size() ? files_[next_].path.folder() : path;
      also_->directory(known == path ? known : path);
    }
    void link(const text::Path& path) override {
      if (also_ != nullptr) also_->link(path);
    }

    FileChanges take() {
      for (std::size_t i = 0; i < seen_.size(); ++i) {
        if (!seen_[i]) changes_.push_back({files_[i].path, {}});
      }
      sort_once(changes_);
      return std::move(changes_);
    }

   private:
    const Files& files_;
    FileVisitor* also_;
    std::vector<bool> seen_;
    std::size_t next_ = 0;  // behind the last file that was shown
    FileChanges changes_;
  };

  /// Null when there is none.
  template <class List>
  static auto* find_in(List& files, const text::Path& path) {
    const auto found = std::ranges::lower_bound(files, path, {}, &File::path);
    return found != files.end() && found->path == path ? &*found : nullptr;
  }

  /// What update() has to read, or to forget: what has changed and may be read,
  /// and what is due and has not changed. The first time all are read, and no
  /// file is looked at before it is opened.
  std::vector<Due> choose_due(const Scope& scope) {
    if (files_.empty() && std::holds_alternative<Everywhere>(scope)) {
      has_new_inputs_ = false;
      FirstListing listing(visitor_of(scope));
      list_files(inputs(), listing);
      return listing.take();
    }
    FileChanges due = look(scope);
    if (const auto* rested = std::get_if<FileChanges>(&scope)) {
      std::erase_if(due, [&](const FileChange& one) {
        return find(*rested, one.path)->stamp != one.stamp;
      });
    }
    for (const text::Path& path : due_) {
      const File* known = find_in(files_, path);
      const FileStamp stamp = members_.stamp(path);
      if (known != nullptr && known->digest == digest(stamp)) {
        due.push_back({path, stamp});
      }
    }
    if (std::exchange(has_new_inputs_, false)) forget_others(due);
    sort_once(due);
    std::vector<Due> chosen;
    chosen.reserve(due.size());
    for (FileChange& one : due) {
      chosen.push_back({std::move(one.path), one.stamp});
    }
    return chosen;
  }

  /// What is read no more is due as what has gone, whatever is there.
  void forget_others(FileChanges& due) const {
    FileChanges gone;
    for (const File& one : files_) {
      if (!members_.has(one.path)) gone.push_back({one.path, {}});
    }
    std::erase_if(due,
                  [&](const FileChange& one) { return find(gone, one.path); });
    due.insert(due.end(), gone.begin(), gone.end());
  }

  /// Reads the first of `due`, and those behind it that lie in the same folder.
  /// Returns how many these are.
  template <class Read>
  std::size_t read_folder(std::span<Due> due, const Read& read,
                          FileVisitor* also) const {
    const text::Path& first = due.front().path;
    const auto others = std::ranges::find_if(
        due, [&](const Due& one) { return !one.path.is_beside(first); });
    due = due.first(std::max<std::size_t>(others - due.begin(), 1));
    // One or two are opened sooner by their paths.
    const Folder folder = due.size() > 2 ? Folder(first.folder()) : Folder();
    for (Due& one : due) {
      const FileToRead file(folder, one.path, one.stamp);
      one.stamp = file.stamp();
      // A named file is read even when there is none: a fault to report.
      if (!one.stamp.is_there() && !is_named(one.path)) continue;
      one.part = read(file);
      if (also != nullptr) also->has_read();
    }
    return due.size();
  }

  /// Forgets files that have lost their part, and takes in `added`, which is in
  /// the order of the paths. Costs nothing when there is nothing to do: a look
  /// at 100,000 files ends here, too.
  void arrange(Files added, bool has_gone) {
    if (has_gone) {
      std::erase_if(files_, [](const File& one) { return !one.part; });
    }
    if (added.empty()) return;
    files_.reserve(files_.size() + added.size());
    const auto middle = static_cast<std::ptrdiff_t>(files_.size());
    std::ranges::move(added, std::back_inserter(files_));
    std::ranges::inplace_merge(files_, files_.begin() + middle, {},
                               &File::path);
  }

  std::string_view what_;
  Members members_;
  Files files_;                  // by path
  Paths due_;                    // to be read again, changed or not
  bool has_new_inputs_ = false;  // since the last update()
};

}  // namespace mtasts::files
