// SPDX-License-Identifier: MIT
// Where reports lie: files, folders with files in them, maildirs, mailboxes in
// one file, the spool of the collector. Their octets go to the reader process
// as they are.
#pragma once

#include <string>
#include <string_view>

#include "reports/read_reports.hpp"
#include "result.hpp"

namespace mtasts::reports {

struct Place {
  std::string path;  // of the file; empty for standard input
  std::string name;  // for people: "reports.mbox, message 3"
  /// Nothing else is in the file: it may go once its reports are in.
  bool is_whole_file = false;
};

class SourceVisitor {
 public:
  virtual ~SourceVisitor() = default;
  /// An error ends the visit; it is not for what is wrong with the item.
  virtual Result<void> item(const Item& item, const Place& place) = 0;
  /// What could not even be read as a file.
  virtual Result<void> unreadable(const Error& error, const Place& place) = 0;
};

/// Shows it all that lies at `path`, in the order of the names. Of a folder
/// hidden files and "tmp" beside "new" are left out, as maildir(5) has it; what
/// is gone when its turn comes is none of our business any more.
Result<void> visit_sources(const std::string& path, Channel channel,
                           SourceVisitor& visitor);

/// The same of what is no file: `octets` are an item, or a mailbox of them. Its
/// name is for people.
Result<void> visit_octets(const Item& octets, SourceVisitor& visitor);

}  // namespace mtasts::reports
