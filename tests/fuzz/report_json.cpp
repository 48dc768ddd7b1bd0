// SPDX-License-Identifier: MIT
// reports/read_json: from JSON of any kind to reports, the same in pieces of
// any size.
#include <algorithm>
#include <chrono>
#include <vector>

#include "report_check.hpp"
#include "reports/read_json.hpp"
#include "target.hpp"

namespace mtasts::reports {
namespace {

/// An octet at a time: each state has to survive the end of a piece.
class Drops final : public OctetSource {
 public:
  explicit Drops(std::string_view octets) : octets_(octets) {}
  std::string_view read() override {
    const std::string_view one = octets_.substr(0, 1);
    octets_.remove_prefix(one.size());
    return one;
  }

 private:
  std::string_view octets_;
};

ReadReports read(OctetSource& source) {
  const ReportHints hints{
      .submitter = "sender.test",
      .policy_domain = "alpha.test",
      .received = std::chrono::sys_seconds(std::chrono::seconds(1795600000))};
  std::vector<tlsrpt::Anomaly> anomalies;
  return read_json(source, hints, anomalies);
}

void run(std::string_view text) {
  OctetsInMemory whole(text);
  const ReadReports at_once = read(whole);
  fuzz::check_reports(at_once);
  Drops drops(text);
  const ReadReports in_drops = read(drops);
  fuzz::require(at_once.has_value() == in_drops.has_value() &&
                    (!at_once || *at_once == *in_drops),
                "the size of a piece makes no difference");
}

}  // namespace
}  // namespace mtasts::reports

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::reports::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
