// SPDX-License-Identifier: MIT
// The policy host of one domain at each of its addresses, and where reports
// go.
#pragma once

#include <string>
#include <vector>

#include "tlsrpt/report_uri.hpp"
#include "verify/facts.hpp"
#include "verify/look.hpp"
#include "verify/questions.hpp"

namespace mtasts::verify {

/// Fetches the policy of facts.domain from every address of facts.host_a and
/// facts.host_aaaa, or from where the options say.
void fetch_policies(Shared::Parts& shared, Facts& facts);

/// Looks at each of `targets`.
void look_at_reports(Shared::Parts& shared, Questions& questions,
                     const std::vector<tlsrpt::ReportUri>& targets,
                     Facts& facts);

}  // namespace mtasts::verify
