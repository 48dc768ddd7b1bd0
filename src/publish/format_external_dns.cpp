// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/quote.hpp"
#include "publish/format.hpp"
#include "publish/quote.hpp"

namespace mtasts::publish {
namespace {

/// A text is in quotes inside of the scalar: Route 53 refuses it otherwise,
/// and external-dns writes its own records so.
std::string format_endpoint(const RecordSet& set) {
  std::string out = fmt::format(
      "    - dnsName: {}\n      recordType: {}\n      recordTTL: {}\n"
      "      targets:\n",
      quote_yaml(set.owner), dns::format_type(set.type), set.ttl.count());
  for (const std::string& value : set.values) {
    out += fmt::format("        - {}\n",
                       quote_yaml(dns::format_data_undotted(set.type, value)));
  }
  return out;
}

}  // namespace

std::string format_external_dns(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    out += "---\n" + format_notes(domain, "#");
    out += fmt::format(
        "apiVersion: externaldns.k8s.io/v1alpha1\n"
        "kind: DNSEndpoint\n"
        "metadata:\n  name: {}\n"
        "spec:\n  endpoints:\n",
        owner_name(Purpose::host, domain.domain));
    for (const RecordSet& set : domain.sets) out += format_endpoint(set);
  }
  return out;
}

}  // namespace mtasts::publish
