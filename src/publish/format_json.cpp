// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "publish/format.hpp"
#include "text/json.hpp"

namespace mtasts::publish {

std::string format_json(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    for (const RecordSet& set : domain.sets) {
      for (const std::string& value : set.values) {
        out += fmt::format(
            "{}\n  {{\"domain\": {}, \"name\": {}, \"type\": \"{}\", "
            "\"ttl\": {}, \"value\": {}}}",
            out.empty() ? "" : ",", text::json_quote(domain.domain.text()),
            text::json_quote(set.owner), dns::format_type(set.type),
            set.ttl.count(), text::json_quote(value));
      }
    }
  }
  return "[" + out + "\n]\n";
}

}  // namespace mtasts::publish
