// SPDX-License-Identifier: MIT
// Where what could not be read as a report is kept, for people to look at: each
// in a file named by its digest, with the reason beside it. Anybody can send
// such things, so the oldest go when there are too many.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mtasts::reports {

struct FailedLimits {
  std::size_t files = 1000;
  std::uint64_t octets = std::uint64_t{256} << 20U;
};

class FailedFolder {
 public:
  /// The folder is made when it is needed.
  explicit FailedFolder(std::string path, FailedLimits limits = {})
      : path_(std::move(path)), limits_(limits) {}

  /// Keeps `octets`, whole and on the disk, and in one line the time, where
  /// they came from and the reason. The path of the file, the same for the same
  /// octets; the error names it.
  Result<std::string> keep(std::string_view octets, std::string_view from,
                           const Error& reason, std::chrono::sys_seconds now);

 private:
  void prune() const;

  std::string path_;
  FailedLimits limits_;
};

}  // namespace mtasts::reports
