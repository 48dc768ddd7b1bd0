// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "publish/format.hpp"
#include "publish/quote.hpp"

namespace mtasts::publish {

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
        // Most panels put the name of the zone behind what is typed.
        out += fmt::format(
            "Name:  {} ({} where the panel adds {})\nType:  {}\nTTL:   "
            "{}\nValue: {}\n",
            set.owner, relative_name(set.owner, domain.domain),
            domain.domain.text(), dns::format_type(set.type), set.ttl.count(),
            value);
      }
    }
    if (domain.domain.label_count() > 2) {
      out += fmt::format(
          "\n# Where the panel adds less than {}, leave out no more than it "
          "adds.\n",
          domain.domain.text());
    }
    if (domain.reminder.empty()) continue;
    out += fmt::format("\n# {} {}\n", owner_name(Purpose::host, domain.domain),
                       domain.reminder);
  }
  return out;
}

}  // namespace mtasts::publish
