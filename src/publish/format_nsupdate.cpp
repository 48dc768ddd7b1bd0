// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/quote.hpp"
#include "publish/format.hpp"
#include "publish/quote.hpp"

namespace mtasts::publish {
namespace {

/// What has to go first. A server drops, without a word, a CNAME that is added
/// beside other records, and other records beside a CNAME (RFC 2136, 3.4.2.2).
std::vector<std::string_view> replaced_types(dns::Type type) {
  switch (type) {
    case dns::Type::txt:
      return {"CNAME", "TXT"};
    case dns::Type::cname:
      return {"ANY"};
    case dns::Type::a:
    case dns::Type::aaaa:
      return {"CNAME", "A", "AAAA"};
  }
  return {};
}

}  // namespace

std::string format_nsupdate(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    out += format_notes(domain, ";");
    std::string_view owner;
    for (const RecordSet& set : domain.sets) {
      for (const std::string_view type : replaced_types(set.type)) {
        if (set.owner == owner) break;
        out += fmt::format("update delete {}. {}\n", set.owner, type);
      }
      owner = set.owner;
      for (const std::string& value : set.values) {
        out += fmt::format("update add {}. {} {} {}\n", set.owner,
                           set.ttl.count(), dns::format_type(set.type),
                           dns::format_data(set.type, value));
      }
    }
    // One update is about one zone (RFC 2136, 2.3).
    out += "send\n";
  }
  return out;
}

}  // namespace mtasts::publish
