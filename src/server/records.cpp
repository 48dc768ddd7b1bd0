// SPDX-License-Identifier: MIT
#include "server/records.hpp"

#include <fmt/format.h>

#include <map>
#include <unordered_set>
#include <utility>

#include "config/duration.hpp"
#include "sts/txt_record.hpp"
#include "tlsrpt/txt_record.hpp"

namespace mtasts::server {
namespace {

/// RFC 8461, 3.1 leaves the TTL open. While a policy is being tried, changes
/// are frequent and a short time lets senders see the new id soon; in mode
/// enforce the record rarely changes.
std::chrono::seconds default_ttl(sts::Mode mode) {
  return mode == sts::Mode::enforce ? std::chrono::seconds(3600)
                                    : std::chrono::seconds(300);
}

using Texts = std::pair<std::string, std::string>;  // of the two TXT records

Texts record_texts(const config::PolicyEntry& entry, const std::string& id) {
  return {sts::format_txt_record(id),
          entry.tls_rpt.empty() ? std::string{}
                                : tlsrpt::format_txt_record(entry.tls_rpt)};
}

/// Of the domains that `snapshot` can serve.
std::map<std::string, Texts> texts_by_domain(const Snapshot& snapshot) {
  std::map<std::string, Texts> texts;
  const std::vector<std::string> domains = servable_domains(snapshot);
  const std::unordered_set<std::string> servable(domains.begin(),
                                                 domains.end());
  for (const config::PolicyEntry& entry : snapshot.live.policies) {
    for (const dns::Name& domain : entry.domains) {
      if (!servable.contains(domain.text())) continue;
      texts[domain.text()] =
          record_texts(entry, snapshot.site.find_domain(domain.text())->id);
    }
  }
  return texts;
}

}  // namespace

std::vector<dns::DomainRecords> make_records(
    const config::Live& live, const Site& site,
    const std::vector<std::string>& domains,
    std::optional<std::chrono::seconds> ttl) {
  const std::unordered_set<std::string> wanted(domains.begin(), domains.end());
  std::vector<dns::DomainRecords> all;
  for (const config::PolicyEntry& entry : live.policies) {
    const sts::Policy& policy = entry.policy;
    const std::chrono::seconds time = ttl.value_or(default_ttl(policy.mode()));
    for (const dns::Name& domain : entry.domains) {
      if (!wanted.contains(domain.text())) continue;
      const auto [sts_text, tlsrpt_text] =
          record_texts(entry, site.find_domain(domain.text())->id);
      dns::DomainRecords records{
          .domain = domain,
          .note = fmt::format(
              "{}, max_age {}, {} mx", sts::format_mode(policy.mode()),
              config::format_duration(policy.max_age()), policy.mx().size()),
          .txt = {{"_mta-sts." + domain.text(), time, sts_text}},
          .policy_host = std::string(k_policy_host_prefix) + domain.text()};
      if (!tlsrpt_text.empty()) {
        records.txt.push_back(
            {"_smtp._tls." + domain.text(), time, tlsrpt_text});
      }
      all.push_back(std::move(records));
    }
  }
  return all;
}

std::vector<std::string> changed_domains(const Snapshot& older,
                                         const Snapshot& newer) {
  const std::map<std::string, Texts> before = texts_by_domain(older);
  std::vector<std::string> changed;
  for (const auto& [domain, texts] : texts_by_domain(newer)) {
    const auto known = before.find(domain);
    if (known == before.end() || known->second != texts) {
      changed.push_back(domain);
    }
  }
  return changed;
}

}  // namespace mtasts::server
