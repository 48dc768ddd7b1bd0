// SPDX-License-Identifier: MIT
// Histories of what was served (`history` of [server]), as files that several
// hosts may have written.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"
#include "sts/history_line.hpp"

namespace mtasts::tool {

/// A line that is none, and where it stands.
struct BadLine {
  std::string file;
  std::size_t number;  // from 1
  std::string reason;
};

struct Histories {
  std::vector<sts::HistoryLine> lines;  // of one file after the other
  std::vector<BadLine> bad;
};

/// Reads each of `files`; "-" is standard input. Lines that were cut off or
/// edited are left out and told of. The error is that of a file that can't be
/// read.
Result<Histories> read_histories(const std::vector<std::string>& files);

/// Says on standard error which lines were left out: the first few of them.
void warn_of(const std::vector<BadLine>& bad);

}  // namespace mtasts::tool
