// SPDX-License-Identifier: MIT
// The one way to read the operator's files: whole, bounded, and never blocked
// by what lies in their place (a FIFO, a directory, a device).
#pragma once

#include <cstddef>
#include <string>

#include "files/descriptor.hpp"
#include "result.hpp"

namespace mtasts::files {

struct FileContent {
  std::string octets;
  bool is_readable_by_all = false;
  /// No path leads to it any more but a mount, from before another file has
  /// taken its place.
  bool is_nameless = false;
};

/// None where it can't be opened; errno says why. As openat(2) does, `folder`
/// is where a relative path begins.
Descriptor open_to_read(int folder, const std::string& path);
/// As read_with_facts() does, of what was opened.
Result<FileContent> read_opened(int fd, std::size_t max_octets);

/// As read_file() does, with what is known of the file that was opened.
Result<FileContent> read_with_facts(const std::string& path,
                                    std::size_t max_octets);

/// Reads a regular file of at most `max_octets`. The error says why it can't.
Result<std::string> read_file(const std::string& path, std::size_t max_octets);

/// Reads a file that the operator has named for this once, to its end. It may
/// be a pipe, such as a shell makes of <(...), and then this waits for it.
Result<std::string> read_stream(const std::string& path,
                                std::size_t max_octets);

/// Reads standard input to its end.
Result<std::string> read_standard_input(std::size_t max_octets);

}  // namespace mtasts::files
