// SPDX-License-Identifier: MIT
// A folder whose files change at random: written, removed, renamed, linked,
// broken, and now and then a directory in the place of a file.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "../unit/temp_dir.hpp"
#include "files/file_group.hpp"
#include "random.hpp"

namespace mtasts {

class FileEdits {
 public:
  /// `content(name)` makes up what a file of this name says.
  FileEdits(Random& random, std::vector<std::string> names,
            std::function<std::string(const std::string&)> content)
      : random_(random),
        names_(std::move(names)),
        content_(std::move(content)) {
    for (const std::string& name : names_) write(name);
    log_.clear();
  }

  std::string path(const std::string& name) const { return dir_.path(name); }

  /// One to four edits; the paths that they have touched.
  std::set<std::string> edit() {
    log_.clear();
    std::set<std::string> touched;
    for (std::size_t left = 1 + random_.below(4); left > 0; --left) {
      const std::string& name = random_.one_of(names_);
      const std::string& other = random_.one_of(names_);
      switch (random_.below(12)) {
        case 0:
          note("remove " + name);
          std::filesystem::remove_all(path(name));
          break;
        case 1:
          rename(name, other);
          touched.insert(path(other));
          break;
        case 2:
          link(name, other);
          break;
        case 3:
          note("directory " + name);
          std::filesystem::remove_all(path(name));
          std::filesystem::create_directories(path(name));
          break;
        default:
          write(name);
      }
      touched.insert(path(name));
    }
    return add_links(std::move(touched));
  }

  /// What the last edit() did, for people.
  const std::string& log() const { return log_; }

 private:
  void note(const std::string& what) { log_ += what + "\n"; }

  /// Always another inode, and a time that no file had before: two edits
  /// within one tick of the clock are not what is asked here.
  void write(const std::string& name) {
    const std::string content = content_(name);
    note("write " + name + "\n" + content.substr(0, 300));
    std::filesystem::remove_all(path(name));
    dir_.write(name, content);
    if (random_.once_in(6)) {
      std::filesystem::permissions(path(name), std::filesystem::perms(0644));
    }
    const timespec time{++clock_, 0};
    const timespec times[] = {time, time};
    ASSERT_EQ(::utimensat(AT_FDCWD, path(name).c_str(), times, 0), 0);
  }

  bool is_plain(const std::string& name) const {
    return std::filesystem::is_regular_file(
        std::filesystem::symlink_status(path(name)));
  }

  void rename(const std::string& from, const std::string& to) {
    if (from == to || !is_plain(from)) return;
    note("rename " + from + " to " + to);
    std::filesystem::remove_all(path(to));
    std::filesystem::rename(path(from), path(to));
  }

  /// Never in a circle, since a link leads to a file.
  void link(const std::string& name, const std::string& to) {
    if (name == to || !is_plain(to)) return;
    note("link " + name + " to " + to);
    std::filesystem::remove_all(path(name));
    std::filesystem::create_symlink(path(to), path(name));
  }

  /// What a link leads to has changed when its target has.
  std::set<std::string> add_links(std::set<std::string> touched) const {
    for (std::size_t size = 0; size != touched.size();) {
      size = touched.size();
      for (const std::string& name : names_) {
        std::error_code none;
        const auto target = std::filesystem::read_symlink(path(name), none);
        if (!none && touched.contains(target.string())) {
          touched.insert(path(name));
        }
      }
    }
    return touched;
  }

  TempDir dir_;
  Random& random_;
  std::vector<std::string> names_;
  std::function<std::string(const std::string&)> content_;
  std::string log_;
  std::time_t clock_ = 1'000'000'000;
};

}  // namespace mtasts
