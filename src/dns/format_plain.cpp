// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/format.hpp"

namespace mtasts::dns {

std::string format_plain(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    if (!out.empty()) out += '\n';
    out += fmt::format("# {}: {}\n", domain.domain.text(), domain.note);
    bool first = true;
    for (const RecordSet& set : domain.sets) {
      for (const std::string& value : set.values) {
        if (!first) out += '\n';
        first = false;
        out += fmt::format("Name:  {}\nType:  {}\nTTL:   {}\nValue: {}\n",
                           set.owner, format_type(set.type), set.ttl.count(),
                           value);
      }
    }
    if (domain.reminder.empty()) continue;
    out += fmt::format("\n# {} {}\n", owner_name(Purpose::host, domain.domain),
                       domain.reminder);
  }
  return out;
}

}  // namespace mtasts::dns
