// SPDX-License-Identifier: MIT
// The metrics page. What there is for each domain, with 100,000 of them nearly
// all of the text, is written as its reader takes it.
#pragma once

#include <memory>
#include <string>

#include "operations/metric_writer.hpp"
#include "operations/observed.hpp"
#include "process/process_facts.hpp"
#include "server/responder.hpp"

namespace mtasts::operations {

/// For one thread.
class Metrics {
 public:
  /// What `observed` refers to has to outlive it.
  explicit Metrics(const Observed& observed) : observed_(observed) {}

  /// Appends the page to `out`, or its first part: the rest is returned.
  std::unique_ptr<server::Body> write(MetricForm form, std::string& out);

 private:
  bool wants_domains(const snapshot::Snapshot& snapshot) const;
  void write_certificates(MetricWriter& out) const;
  void write_policies(const snapshot::Snapshot& snapshot,
                      MetricWriter& out) const;
  void write_process(MetricWriter& out);

  const Observed observed_;
  process::ProcessFacts facts_;
  std::chrono::sys_seconds facts_of_;  // when they were looked at
};

}  // namespace mtasts::operations
