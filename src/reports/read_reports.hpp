// SPDX-License-Identifier: MIT
// From octets that strangers wrote to the reports in them, whatever they are
// packed in. All of it is for the reader process: see reader_process.hpp.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "reports/received_report.hpp"
#include "result.hpp"

namespace mtasts::reports {

/// A file, a message of a mailbox, or what came by standard input.
struct Item {
  std::string_view octets = {};
  std::string name = {};  // of the file; RFC 8460, 5.1, has it say something
  Channel channel = Channel::file;  // where it is no mail
  std::chrono::sys_seconds received = {};
};

/// A mail, JSON, either of them in gzip, or in base64; told by what it is, and
/// not by its name. The error says why there is no report in it.
Result<std::vector<ReceivedReport>> read_reports(const Item& item);

}  // namespace mtasts::reports
