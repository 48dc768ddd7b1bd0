// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/quote.hpp"
#include "publish/format.hpp"
#include "text/json.hpp"

namespace mtasts::publish {
namespace {

std::string format_set(const RecordSet& set) {
  std::string records;
  for (const std::string& value : set.values) {
    records += fmt::format("{}{{\"content\": {}, \"disabled\": false}}",
                           records.empty() ? "" : ", ",
                           text::json_quote(dns::format_data(set.type, value)));
  }
  return fmt::format(
      "  {{\"name\": {}, \"type\": \"{}\", \"ttl\": {}, "
      "\"changetype\": \"REPLACE\",\n   \"records\": [{}]}}",
      text::json_quote(set.owner + "."), dns::format_type(set.type),
      set.ttl.count(), records);
}

}  // namespace

std::string format_powerdns(const std::vector<DomainRecords>& domains) {
  std::string sets;
  for (const DomainRecords& domain : domains) {
    for (const RecordSet& set : domain.sets) {
      sets += (sets.empty() ? "\n" : ",\n") + format_set(set);
    }
  }
  return "{\"rrsets\": [" + sets + "\n]}\n";
}

}  // namespace mtasts::publish
