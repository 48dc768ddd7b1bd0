// SPDX-License-Identifier: MIT
#include "tlsrpt/report_name.hpp"

#include "text/ascii.hpp"
#include "tlsrpt/report_time.hpp"

namespace mtasts::tlsrpt {
namespace {

std::optional<std::chrono::sys_seconds> find_time(std::string_view text) {
  const auto read = find_report_time(text);
  if (!read) return std::nullopt;
  return read->time;
}

}  // namespace

std::optional<ReportName> find_report_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  std::string_view left = slash == path.npos ? path : path.substr(slash + 1);
  ReportName name;
  name.submitter = text::to_lower(text::take_until(left, "!"));
  name.policy_domain = text::to_lower(text::take_until(left, "!"));
  name.range.begin = find_time(text::take_until(left, "!"));
  name.range.end = find_time(text::take_until(left, "!."));
  if (name.submitter.empty() || name.policy_domain.empty() ||
      !name.range.begin || !name.range.end) {
    return std::nullopt;
  }
  return name;
}

}  // namespace mtasts::tlsrpt
