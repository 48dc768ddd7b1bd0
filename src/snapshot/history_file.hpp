// SPDX-License-Identifier: MIT
// The file of what was served when, to which the program adds lines for as long
// as it runs. Opened before the sandbox closes: afterwards nothing can be
// opened for writing, and nothing needs to be.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "files/descriptor.hpp"
#include "result.hpp"

namespace mtasts::snapshot {

class HistoryFile {
 public:
  /// Makes the file if its folder is there, with mode 640. `max_waiting` is how
  /// many octets may wait for room on the disk; the rest is lost.
  static Result<HistoryFile> open(const std::string& path,
                                  std::size_t max_waiting = k_max_waiting);

  using LineReader = std::function<void(std::string_view line)>;
  /// Each line of the file at `path`, without its end; none where there is no
  /// file. Fails where it can't be read on, or is far larger than it can have
  /// become.
  static Result<void> read(const std::string& path,
                           const LineReader& read_line);

  /// Adds whole `lines` in one write, and has come to the disk when it returns.
  /// What can't be written waits for the next call, with no lines or with more.
  /// Fails when something waits, or when nobody will find what was written, as
  /// the file was removed, has another in its place, or was cut off.
  Result<void> append(std::string_view lines);

  /// No other process has it open so. Not within the sandbox.
  bool is_alone() const;

  bool is_waiting() const { return !waiting_.empty(); }

 private:
  static constexpr std::size_t k_max_waiting = std::size_t{16} << 20;

  HistoryFile(std::string path, files::Descriptor file, off_t octets,
              std::size_t max_waiting);
  Result<void> write_waiting();
  Result<void> check_place() const;

  std::string path_;
  files::Descriptor file_;
  off_t octets_;  // that it had, and all that was written
  std::size_t max_waiting_;
  std::string waiting_;  // the rest of the lines
  bool is_torn_;         // the file ends within a line
  bool has_lost_ = false;
};

}  // namespace mtasts::snapshot
