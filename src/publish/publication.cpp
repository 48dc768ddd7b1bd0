// SPDX-License-Identifier: MIT
#include "publish/publication.hpp"

#include <utility>

#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::publish {

Publication make_publication(std::vector<dns::Name> domains, sts::Policy policy,
                             std::vector<tlsrpt::ReportUri> tls_rpt,
                             Place place) {
  // The id names the octets that are served and no others, so that both are
  // made here, from one policy.
  std::string body = sts::format_policy(policy);
  std::string id = sts::policy_id(body);
  return {std::move(domains), std::move(policy), std::move(tls_rpt),
          std::move(body),    std::move(id),     std::move(place)};
}

}  // namespace mtasts::publish
