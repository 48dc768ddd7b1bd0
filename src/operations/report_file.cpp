// SPDX-License-Identifier: MIT
#include "operations/report_file.hpp"

#include <fmt/format.h>

#include <utility>

#include "files/read.hpp"
#include "process/sandbox.hpp"

namespace mtasts::operations {
namespace {

ReportedDays read(const std::string& path) {
  ReportedDays reported{.is_wanted = true};
  const auto refuse = [&](const Error& why) {
    reported.fault = fmt::format("{} {}", in_quotes(path), why.message);
    if (!why.hint.empty()) reported.fault += fmt::format(" ({})", why.hint);
    return reported;
  };
  Result<std::string> text =
      files::read_file(path, tlsrpt::k_max_report_days_octets);
  if (!text) {
    return refuse({"can't be read: " + text.error().message,
                   process::is_shut_out(path)
                       ? process::k_shut_out_hint
                       : "mta-sts reports import writes it"});
  }
  Result<tlsrpt::ReportDays> days = tlsrpt::ReportDays::parse(*std::move(text));
  if (!days) return refuse(days.error());
  reported.days = std::make_shared<const tlsrpt::ReportDays>(*std::move(days));
  return reported;
}

}  // namespace

const ReportedDays& ReportFile::look() {
  if (path_.empty()) return reported_;
  const files::FileStamp stamp = files::stamp_file(path_);
  if (stamp_ != stamp) {
    reported_ = read(path_);
    stamp_ = stamp;
  }
  return reported_;
}

}  // namespace mtasts::operations
