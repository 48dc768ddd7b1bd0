// SPDX-License-Identifier: MIT
#include "publish/delegation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mtasts::publish {
namespace {

/// The provider's records, made from those of another domain.
DomainRecords adopt(DomainRecords records, const dns::Name& provider) {
  records.domain = provider;
  for (RecordSet& set : records.sets) {
    set.owner = owner_name(set.purpose, provider);
  }
  return records;
}

Result<void> point(DomainRecords& customer, const DomainRecords& provider) {
  for (RecordSet& set : customer.sets) {
    const bool same =
        std::ranges::any_of(provider.sets, [&](const RecordSet& one) {
          return one.purpose == set.purpose && one.values == set.values;
        });
    if (same) {
      set.type = dns::Type::cname;
      set.values = {owner_name(set.purpose, provider.domain)};
    } else if (set.purpose == Purpose::mta_sts) {
      return fail(
          fmt::format("domain {} has another policy than {}, and the record "
                      "at _mta-sts.{} can have the id of one only",
                      in_quotes(customer.domain.text()),
                      in_quotes(provider.domain.text()),
                      provider.domain.text()),
          "name the domains of one policy, and delegate each policy to a "
          "name of its own");
    }
  }
  customer.sets.push_back({Purpose::host,
                           dns::Type::cname,
                           owner_name(Purpose::host, customer.domain),
                           customer.sets.front().ttl,
                           {owner_name(Purpose::host, provider.domain)}});
  // RFC 8461, 8.2 and 3.3: senders check for the name they asked for.
  customer.reminder =
      "needs a certificate for its own name at the provider (RFC 8461, 8.2)";
  return {};
}

}  // namespace

Result<std::vector<DomainRecords>> delegate(std::vector<DomainRecords> domains,
                                            const dns::Name& provider) {
  const auto own = std::ranges::find(domains, provider, &DomainRecords::domain);
  if (own == domains.end()) {
    domains.insert(domains.begin(), adopt(domains.front(), provider));
  } else {
    std::rotate(domains.begin(), own, own + 1);
  }
  for (std::size_t i = 1; i < domains.size(); ++i) {
    const Result<void> done = point(domains[i], domains.front());
    if (!done) return fail(done.error());
  }
  return domains;
}

}  // namespace mtasts::publish
