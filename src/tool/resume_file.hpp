// SPDX-License-Identifier: MIT
// The lines of a run that may have been killed in the middle of one.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "files/descriptor.hpp"
#include "result.hpp"

namespace mtasts::tool {

/// A file of JSON lines, each of one domain, that a run goes on with.
class ResumeFile {
 public:
  /// Opens or makes it. A last line without its end is cut off: its domain is
  /// looked at again. The error says why it can't, or which line is none.
  static Result<ResumeFile> open(const std::string& path);

  /// The domains that have their line, each with its verdict.
  const std::unordered_map<std::string, std::string>& done() const {
    return done_;
  }
  /// Whole, with its end, in one write(2).
  Result<void> add(std::string_view line) const;

 private:
  explicit ResumeFile(files::Descriptor file) : file_(std::move(file)) {}

  files::Descriptor file_;
  std::unordered_map<std::string, std::string> done_ = {};
};

}  // namespace mtasts::tool
