// SPDX-License-Identifier: MIT
// reports/inflate: whatever the octets are, what comes out is bounded, and the
// end is an end.
#include <vector>

#include "reports/inflate.hpp"
#include "target.hpp"

namespace mtasts::reports {
namespace {

using fuzz::require;

void run(std::string_view octets) {
  OctetsInMemory packed(octets);
  std::vector<tlsrpt::Anomaly> anomalies;
  InflateSource inflated(packed, anomalies);
  std::size_t size = 0;
  for (;;) {
    const std::string_view piece = inflated.read();
    if (piece.empty()) break;
    require(piece.size() <= k_piece_octets, "a piece is small");
    size += piece.size();
  }
  require(size <= k_max_inflated_octets, "what is inflated is bounded");
  require(inflated.read().empty(), "the end is an end");
  if (const auto fault = inflated.find_fault()) fuzz::require_clean(*fault);
  require(is_deflated(octets) || inflated.find_fault(),
          "what does not begin as a gzip is none");
}

}  // namespace
}  // namespace mtasts::reports

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::reports::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
