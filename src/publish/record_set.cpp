// SPDX-License-Identifier: MIT
#include "publish/record_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sts/policy_host.hpp"
#include "text/ascii.hpp"

namespace mtasts::publish {
namespace {

bool has_host(const DomainRecords& domain) {
  return std::ranges::find(domain.sets, Purpose::host, &RecordSet::purpose) !=
         domain.sets.end();
}

}  // namespace

std::string_view owner_prefix(Purpose purpose) {
  switch (purpose) {
    case Purpose::mta_sts:
      return "_mta-sts.";
    case Purpose::tls_rpt:
      return "_smtp._tls.";
    case Purpose::host:
      return sts::k_policy_host_prefix;
  }
  return {};
}

std::string owner_name(Purpose purpose, const dns::Name& domain) {
  return std::string(owner_prefix(purpose)) + domain.text();
}

bool is_meant_for(std::string_view text, Purpose purpose) {
  return text::has(text::to_lower(text),
                   purpose == Purpose::mta_sts ? "v=sts" : "v=tlsrpt");
}

Result<void> add_host_records(std::vector<DomainRecords>& domains,
                              const std::vector<dns::Target>& targets) {
  for (DomainRecords& domain : domains) {
    if (has_host(domain)) continue;
    const std::string host = owner_name(Purpose::host, domain.domain);
    const std::chrono::seconds ttl = domain.sets.front().ttl;
    for (const dns::Type type :
         {dns::Type::a, dns::Type::aaaa, dns::Type::cname}) {
      RecordSet set{Purpose::host, type, host, ttl, {}};
      for (const dns::Target& target : targets) {
        if (target.value == host) {
          return fail(
              fmt::format("{} would lead to itself", in_quotes(target.value)));
        }
        if (target.type == type) set.values.push_back(target.value);
      }
      if (!set.values.empty()) domain.sets.push_back(std::move(set));
    }
    domain.reminder.clear();
  }
  return {};
}

void keep_only(std::vector<DomainRecords>& domains, Purpose purpose) {
  for (DomainRecords& domain : domains) {
    std::erase_if(domain.sets, [purpose](const RecordSet& set) {
      return set.purpose != purpose;
    });
  }
  std::erase_if(domains,
                [](const DomainRecords& one) { return one.sets.empty(); });
}

}  // namespace mtasts::publish
