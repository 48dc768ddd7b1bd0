// SPDX-License-Identifier: MIT
#include "server/site.hpp"

#include "dns/name.hpp"
#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::server {

Site::Site(const config::Live& live) {
  policies_.reserve(live.policies.size());
  for (const config::PolicyEntry& entry : live.policies) {
    std::string body = sts::format_policy(entry.policy);
    std::string id = sts::policy_id(body);
    policies_.push_back({std::move(body), std::move(id)});
    for (const dns::Name& domain : entry.domains) {
      by_domain_.emplace(domain.text(), policies_.size() - 1);
    }
  }
}

const ServedPolicy* Site::find_domain(std::string_view domain) const {
  const auto found = by_domain_.find(domain);
  return found == by_domain_.end() ? nullptr : &policies_[found->second];
}

const ServedPolicy* Site::find_authority(std::string_view authority) const {
  const std::string host = normalise_host(authority);
  if (!host.starts_with(k_policy_host_prefix)) return nullptr;
  return find_domain(
      std::string_view(host).substr(k_policy_host_prefix.size()));
}

std::string normalise_host(std::string_view authority) {
  // An IPv6 literal is no host name; its colons must not be cut.
  if (authority.starts_with('[')) return std::string(authority);
  std::string_view host = authority.substr(0, authority.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  return dns::to_lower_ascii(host);
}

}  // namespace mtasts::server
