// SPDX-License-Identifier: MIT
// reports/report_wire: what a reader process that is somebody else's by now can
// say.
#include "reports/report_wire.hpp"

#include "report_check.hpp"
#include "target.hpp"

namespace mtasts::reports {
namespace {

void run(std::string_view octets) {
  const ReadReports read = parse_wire(octets);
  if (!read) return;
  fuzz::require(!read->empty(), "there is a report where there is no error");
  fuzz::require(format_wire(read) == octets, "there is one form of it");
}

}  // namespace
}  // namespace mtasts::reports

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::reports::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
