// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/format.hpp"

namespace mtasts::dns {

std::string format_plain(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    if (!out.empty()) out += '\n';
    out += fmt::format("# {}: {}\n", domain.domain.text(), domain.note);
    for (const TxtRecord& record : domain.txt) {
      out += fmt::format("Name:  {}\nType:  TXT\nTTL:   {}\nValue: {}\n\n",
                         record.owner, record.ttl.count(), record.data);
    }
    out += fmt::format(
        "# {} also needs A and AAAA records, or a CNAME, that lead to this "
        "server\n",
        domain.policy_host);
  }
  return out;
}

}  // namespace mtasts::dns
