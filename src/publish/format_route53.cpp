// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/quote.hpp"
#include "publish/format.hpp"
#include "text/json.hpp"

namespace mtasts::publish {
namespace {

/// The strings of a long text stand in one value: a second value would be a
/// second record.
std::string format_change(const RecordSet& set) {
  std::string values;
  for (const std::string& value : set.values) {
    values += fmt::format("{}{{\"Value\": {}}}", values.empty() ? "" : ", ",
                          text::json_quote(dns::format_data(set.type, value)));
  }
  return fmt::format(
      "  {{\"Action\": \"UPSERT\", \"ResourceRecordSet\": {{\n"
      "    \"Name\": {}, \"Type\": \"{}\", \"TTL\": {},\n"
      "    \"ResourceRecords\": [{}]}}}}",
      text::json_quote(set.owner + "."), dns::format_type(set.type),
      set.ttl.count(), values);
}

}  // namespace

std::string format_route53(const std::vector<DomainRecords>& domains) {
  std::string changes;
  for (const DomainRecords& domain : domains) {
    for (const RecordSet& set : domain.sets) {
      changes += (changes.empty() ? "\n" : ",\n") + format_change(set);
    }
  }
  return "{\"Comment\": \"MTA-STS and TLS-RPT\", \"Changes\": [" + changes +
         "\n]}\n";
}

}  // namespace mtasts::publish
