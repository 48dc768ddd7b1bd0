// SPDX-License-Identifier: MIT
// The file in which mta-sts sums up what senders report, as it is now. Nothing
// else here knows of reports.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "files/stamp.hpp"
#include "tlsrpt/report_days.hpp"

namespace mtasts::operations {

/// What the file said at one moment.
struct ReportedDays {
  bool is_wanted = false;  // a file is configured
  std::shared_ptr<const tlsrpt::ReportDays> days = nullptr;  // null: see fault
  std::string fault = {};  // why there are none, in one line
};

/// For one thread.
class ReportFile {
 public:
  /// The file at `path`; of an empty one nothing is wanted.
  explicit ReportFile(std::string path) : path_(std::move(path)) {}

  /// Reads the file again if another has taken its place: mta-sts replaces it
  /// as a whole.
  const ReportedDays& look();

 private:
  const std::string path_;
  std::optional<files::FileStamp> stamp_ = {};  // of what was read
  ReportedDays reported_ = {};
};

}  // namespace mtasts::operations
