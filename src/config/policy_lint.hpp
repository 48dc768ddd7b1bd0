// SPDX-License-Identifier: MIT
// Warnings about policies that are valid but that a known sending MTA or
// checker stumbles over, or that their operator will regret. Each names the
// one that makes it matter.
#pragma once

#include <chrono>
#include <vector>

#include "config/config.hpp"
#include "config/table_reader.hpp"
#include "config/value.hpp"
#include "dns/name.hpp"
#include "sts/mx_pattern.hpp"
#include "sts/policy.hpp"
#include "tlsrpt/report_uri.hpp"

namespace mtasts::config {

/// A policy as it was written: in its order, with every value's position.
struct PolicyDraft {
  std::vector<Located<dns::Name>> domains;
  sts::Mode mode;
  std::vector<Located<sts::MxPattern>> mx;
  Located<std::chrono::seconds> max_age;
  std::vector<Located<tlsrpt::ReportUri>> tls_rpt;
  Position at;
};

/// Reports through `reader`, in no particular order. `policy` is what `draft`
/// makes.
void lint_policy(const PolicyDraft& draft, const sts::Policy& policy,
                 TableReader& reader);

/// Of the policies on their way out: a note for each before its day, from then
/// on a warning. They are served all the same.
Diagnostics lint_retirements(const Live& live, std::chrono::sys_seconds now);

/// What lint_policy() says of the domains, the mx and the report URIs of a
/// policy that was not read from a table, without places.
Diagnostics lint_names(const publish::Publication& entry);

}  // namespace mtasts::config
