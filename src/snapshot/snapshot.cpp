// SPDX-License-Identifier: MIT
#include "snapshot/snapshot.hpp"

#include <utility>

#include "dns/name.hpp"
#include "publish/records.hpp"
#include "sts/policy_host.hpp"
#include "text/ascii.hpp"

namespace mtasts::snapshot {

const publish::Publication* Snapshot::find_authority(
    std::string_view authority) const {
  const std::string host = normalise_host(authority);
  if (!host.starts_with(sts::k_policy_host_prefix)) return nullptr;
  return live.find_domain(
      std::string_view(host).substr(sts::k_policy_host_prefix.size()));
}

std::string normalise_host(std::string_view authority) {
  // An IPv6 literal is no host name; its colons must not be cut.
  if (authority.starts_with('[')) return std::string(authority);
  std::string_view host = authority.substr(0, authority.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  return text::to_lower(host);
}

std::optional<std::string> find_covered(std::string_view name) {
  for (const std::string_view start :
       {sts::k_policy_host_prefix, std::string_view("*.")}) {
    if (name.starts_with(start)) return std::string(name.substr(start.size()));
  }
  return std::nullopt;
}

std::vector<std::string> all_domains(const config::Live& live) {
  std::vector<std::string> domains;
  for (const publish::PublicationPtr& entry : live.policies) {
    for (const std::string_view domain : entry->domains()) {
      domains.emplace_back(domain);
    }
  }
  return domains;
}

bool is_servable(const Snapshot& snapshot, std::string_view domain,
                 std::chrono::sys_seconds now) {
  return snapshot.live.find_domain(domain) != nullptr &&
         (!snapshot.needs_certificates ||
          snapshot.certificates->is_usable(sts::policy_host(domain), now));
}

std::vector<std::string> servable_domains(const Snapshot& snapshot,
                                          std::vector<std::string> domains,
                                          std::chrono::sys_seconds now) {
  std::erase_if(domains, [&](const std::string& domain) {
    return !is_servable(snapshot, domain, now);
  });
  return domains;
}

std::vector<std::string> changed_domains(
    const Snapshot& older, const Snapshot& newer,
    const std::vector<std::string>& domains, std::chrono::sys_seconds now) {
  std::vector<std::string> changed = servable_domains(newer, domains, now);
  std::erase_if(changed, [&](const std::string& domain) {
    return is_servable(older, domain, now) &&
           publish::has_same_records(*older.live.find_domain(domain),
                                     *newer.live.find_domain(domain));
  });
  return changed;
}

}  // namespace mtasts::snapshot
