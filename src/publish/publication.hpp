// SPDX-License-Identifier: MIT
// What this program is about: a policy, whom it is for, and what says so.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "diagnostic.hpp"
#include "dns/name.hpp"
#include "sts/policy.hpp"
#include "tlsrpt/report_uri.hpp"

namespace mtasts::publish {

/// One policy and the policy domains that it is for.
struct Publication {
  std::vector<dns::Name> domains;
  sts::Policy policy;
  std::vector<tlsrpt::ReportUri> tls_rpt;
  std::string body;  // the exact octets that are served
  std::string id;    // of the body
  Place place;       // of its table
  /// With a date the policy is on its way out: the body says "mode: none", and
  /// is not needed any more from that day on (RFC 8461, 8.3). `policy` is then
  /// that of the body.
  std::optional<std::chrono::sys_days> retire = {};
};
using PublicationPtr = std::shared_ptr<const Publication>;

/// With the body and the id of `policy`.
Publication make_publication(std::vector<dns::Name> domains, sts::Policy policy,
                             std::vector<tlsrpt::ReportUri> tls_rpt,
                             Place place);

}  // namespace mtasts::publish
