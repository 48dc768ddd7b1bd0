// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/format.hpp"
#include "dns/quote.hpp"

namespace mtasts::dns {

std::string format_zone(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    if (!out.empty()) out += '\n';
    out += fmt::format("; {}: {}\n", domain.domain.text(), domain.note);
    for (const RecordSet& set : domain.sets) {
      for (const std::string& value : set.values) {
        out += fmt::format("{}.\t{}\tIN\t{}\t{}\n", set.owner, set.ttl.count(),
                           format_type(set.type), format_data(set.type, value));
      }
    }
    if (domain.reminder.empty()) continue;
    out += fmt::format("; {}. {}\n", owner_name(Purpose::host, domain.domain),
                       domain.reminder);
  }
  return out;
}

}  // namespace mtasts::dns
