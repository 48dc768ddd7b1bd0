// SPDX-License-Identifier: MIT
// reports/read_reports: from a mail, or whatever else it is, to reports.
#include <chrono>

#include "report_check.hpp"
#include "reports/read_mail.hpp"
#include "reports/read_reports.hpp"
#include "target.hpp"

namespace mtasts::reports {
namespace {

void run(std::string_view octets) {
  const Item item{
      .octets = octets,
      .name = "sender.test!alpha.test!1795478400!1795564799.json",
      .channel = Channel::https,
      .received = std::chrono::sys_seconds(std::chrono::seconds(1795600000))};
  fuzz::check_reports(read_reports(item));
}

}  // namespace
}  // namespace mtasts::reports

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const bool is_ready = (mtasts::reports::prepare_to_read_mails(), true);
  if (is_ready) mtasts::reports::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
