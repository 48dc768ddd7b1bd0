// SPDX-License-Identifier: MIT
// Results of verify as a text file for the node_exporter of Prometheus.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "diagnostic.hpp"
#include "tls/peer_facts.hpp"
#include "tool/verify_output.hpp"
#include "verify/judged.hpp"

namespace mtasts::tool {

/// Everything is printed at the end: the samples of a metric stand together. In
/// the order of names, so that two runs can be compared.
class PrometheusOutput : public VerifyOutput {
 public:
  std::string add(const verify::Judged& judged) override;
  std::string finish() override;

 private:
  /// What is kept of a domain.
  struct Domain {
    std::chrono::sys_seconds at = {};
    std::array<std::int64_t, static_cast<std::size_t>(Severity::error) + 1>
        severities = {};
    std::map<std::string, std::int64_t> ids = {};  // how often each
  };

  void add_certificate(const std::string& host, const std::string& address,
                       const tls::PeerFacts& tls);

  std::map<std::string, Domain> domains_ = {};
  /// When the leaf ends, by host and address: many domains have the same.
  std::map<std::pair<std::string, std::string>, std::chrono::sys_seconds>
      certificates_ = {};
};

}  // namespace mtasts::tool
