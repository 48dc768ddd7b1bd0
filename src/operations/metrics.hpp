// SPDX-License-Identifier: MIT
// The metrics page. What is the same until the next snapshot is written once:
// with 100,000 domains it is most of the text.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "operations/metric_writer.hpp"
#include "operations/observed.hpp"

namespace mtasts::operations {

class Metrics {
 public:
  /// What `observed` refers to has to outlive it.
  explicit Metrics(const Observed& observed) : observed_(observed) {}

  /// From any thread.
  std::string write(MetricForm form);

 private:
  /// Samples for each domain, as far as they stand still.
  struct DomainSeries {
    std::uint64_t generation = 0;
    std::shared_ptr<const Coverage> coverage;
    std::vector<std::string> domains;
    std::string facts;
    std::string max_ages;
    std::string expiries;
  };

  bool wants_domains(const server::Snapshot& snapshot) const;
  std::shared_ptr<const DomainSeries> domain_series();
  void write_domains(MetricWriter& out);
  void write_policies(MetricWriter& out) const;

  const Observed observed_;
  std::atomic<std::size_t> size_{0};  // of the last page
  std::mutex mutex_;
  std::shared_ptr<const DomainSeries> series_;  // under mutex_
};

}  // namespace mtasts::operations
