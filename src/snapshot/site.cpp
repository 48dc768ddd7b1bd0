// SPDX-License-Identifier: MIT
#include "snapshot/site.hpp"

#include "dns/name.hpp"

namespace mtasts::snapshot {

const publish::Publication* Site::find_domain(std::string_view domain) const {
  const publish::PublicationPtr* found = by_domain_.find(domain);
  return found == nullptr ? nullptr : found->get();
}

const publish::Publication* Site::find_authority(
    std::string_view authority) const {
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

}  // namespace mtasts::snapshot
