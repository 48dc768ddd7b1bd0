// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/quote.hpp"
#include "publish/format.hpp"

namespace mtasts::publish {

std::string format_zone(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    if (!out.empty()) out += '\n';
    out += fmt::format("; {}: {}\n", domain.domain.text(), domain.note);
    for (const RecordSet& set : domain.sets) {
      for (const std::string& value : set.values) {
        out += fmt::format("{}.\t{}\tIN\t{}\t{}\n", set.owner, set.ttl.count(),
                           dns::format_type(set.type),
                           dns::format_data(set.type, value));
      }
    }
    if (domain.reminder.empty()) continue;
    out += fmt::format("; {}. {}\n", owner_name(Purpose::host, domain.domain),
                       domain.reminder);
  }
  return out;
}

}  // namespace mtasts::publish
