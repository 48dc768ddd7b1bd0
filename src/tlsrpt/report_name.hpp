// SPDX-License-Identifier: MIT
// The name of a report's file (RFC 8460, 5.1). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tlsrpt/date_range.hpp"

namespace mtasts::tlsrpt {

/// In lower case.
struct ReportName {
  std::string submitter;
  std::string policy_domain;
  StatedRange range;
};

/// "mail.sender.example!example.com!1013662812!1013749130.json.gz", with or
/// without an id behind the times; of a path its last part.
std::optional<ReportName> find_report_name(std::string_view path);

}  // namespace mtasts::tlsrpt
