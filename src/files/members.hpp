// SPDX-License-Identifier: MIT
// The files that a list of paths and patterns leads to.
#pragma once

#include <set>

#include "files/listing.hpp"
#include "files/stamp.hpp"
#include "text/path.hpp"

namespace mtasts::files {

using Paths = std::set<text::Path>;

/// Which paths Inputs lead to. A folder of matches that can't be listed is one
/// more, "FOLDER/.": what was read from it must not pass for gone.
class Members {
 public:
  explicit Members(Inputs inputs = {});

  const Inputs& inputs() const { return inputs_; }

  /// True if it is one of the files, and not only a match of a pattern.
  bool is_named(const text::Path& path) const { return named_.contains(path); }
  /// True if list_files() could come by it.
  bool has(const text::Path& path) const;

  /// Files that are named by one of both only.
  Paths named_otherwise(const Members& other) const;

  /// The state in which list_files() would show `path`.
  FileStamp stamp(const text::Path& path) const;

 private:
  Inputs inputs_;
  Paths named_;  // inputs_.files
};

}  // namespace mtasts::files
