// SPDX-License-Identifier: MIT
// gzip (RFC 1952) and zlib (RFC 1950), inflated a slice at a time: who sends a
// bomb is stopped at a limit, with one slice of it in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "reports/octet_source.hpp"
#include "result.hpp"
#include "tlsrpt/anomaly.hpp"

namespace mtasts::reports {

/// Of what comes out. There is no limit on the ratio: an honest report of
/// 6,000 failures in the same words shrinks to a 189th.
constexpr std::size_t k_max_inflated_octets = std::size_t{16} << 20U;

/// True if `octets` start as something that InflateSource can read.
bool is_deflated(std::string_view octets);

/// Several members count as one text (RFC 1952, 2.2); what is behind the last
/// is left aside, with an anomaly.
class InflateSource final : public OctetSource {
 public:
  /// Both have to outlive this.
  InflateSource(OctetSource& source, std::vector<tlsrpt::Anomaly>& anomalies);
  ~InflateSource() override;
  InflateSource(const InflateSource&) = delete;
  InflateSource& operator=(const InflateSource&) = delete;

  std::string_view read() override;
  std::optional<Error> find_fault() const override { return fault_; }

 private:
  struct Stream;  // zlib's

  bool take_input();
  void begin_member();
  void finish_member();
  void end(std::optional<Error> fault);

  OctetSource& source_;
  std::vector<tlsrpt::Anomaly>& anomalies_;
  std::unique_ptr<Stream> stream_;
  std::size_t inflated_ = 0;
  std::size_t members_ = 0;
  bool is_between_members_ = false;
  bool is_at_end_ = false;
  std::optional<Error> fault_;
};

}  // namespace mtasts::reports
