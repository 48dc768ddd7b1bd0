// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "publish/format.hpp"
#include "publish/quote.hpp"
#include "text/json.hpp"

namespace mtasts::publish {

// D_EXTEND adds to a zone that D has set up, also below its apex. A JSON
// string is a JavaScript string, and DNSControl splits long texts itself.
std::string format_dnscontrol(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    out += format_notes(domain, "//");
    std::string records;
    for (const RecordSet& set : domain.sets) {
      for (const std::string& value : set.values) {
        records += fmt::format(
            ",\n  {}({}, {}, TTL({}))", dns::format_type(set.type),
            text::json_quote(relative_name(set.owner, domain.domain)),
            text::json_quote(set.type == dns::Type::cname ? value + "."
                                                          : value),
            set.ttl.count());
      }
    }
    out += fmt::format("D_EXTEND({}{}\n);\n",
                       text::json_quote(domain.domain.text()), records);
  }
  return out;
}

}  // namespace mtasts::publish
