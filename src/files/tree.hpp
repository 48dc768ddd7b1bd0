// SPDX-License-Identifier: MIT
// Writes files below one folder, each whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "files/descriptor.hpp"
#include "result.hpp"

namespace mtasts::files {

class Tree {
 public:
  /// Makes `directory` if it is not there; it may be a symbolic link.
  static Result<Tree> open(const std::string& directory);

  /// Writes `content` into the file `path`, "a/b.txt", and makes its folders. A
  /// file that is right already is left alone. What lies in the way as a
  /// symbolic link is not followed, and nothing is ever removed. The error
  /// names the path.
  Result<void> write(std::string_view path, std::string_view content) const;

 private:
  Tree(std::string directory, Descriptor root)
      : directory_(std::move(directory)), root_(std::move(root)) {}

  std::string directory_;
  Descriptor root_;
};

}  // namespace mtasts::files
