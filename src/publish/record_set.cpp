// SPDX-License-Identifier: MIT
#include "publish/record_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mtasts::publish {
namespace {

bool has_host(const DomainRecords& domain) {
  return std::any_of(
      domain.sets.begin(), domain.sets.end(),
      [](const RecordSet& set) { return set.purpose == Purpose::host; });
}

}  // namespace

std::string owner_name(Purpose purpose, const dns::Name& domain) {
  switch (purpose) {
    case Purpose::mta_sts:
      return "_mta-sts." + domain.text();
    case Purpose::tls_rpt:
      return "_smtp._tls." + domain.text();
    case Purpose::host:
      return "mta-sts." + domain.text();
  }
  return {};
}

bool is_meant_for(std::string_view text, Purpose purpose) {
  const std::string lower = dns::to_lower_ascii(text);
  return lower.find(purpose == Purpose::mta_sts ? "v=sts" : "v=tlsrpt") !=
         std::string::npos;
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
