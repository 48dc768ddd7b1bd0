// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "publish/format.hpp"
#include "publish/quote.hpp"

namespace mtasts::publish {
namespace {

/// octoDNS refuses a ";" without a backslash, and splits long texts itself.
std::string format_value(dns::Type type, const std::string& value) {
  if (type == dns::Type::cname) return quote_yaml(value + ".");
  std::string out;
  for (const char c : value) {
    if (c == ';') out += '\\';
    out += c;
  }
  return quote_yaml(out);
}

/// The keys are sorted: octoDNS insists on it.
std::string format_set(const RecordSet& set, std::string_view start,
                       std::string_view indent) {
  std::string out =
      fmt::format("{}ttl: {}\n{}type: {}\n", start, set.ttl.count(), indent,
                  dns::format_type(set.type));
  if (set.values.size() == 1) {
    return out + fmt::format("{}value: {}\n", indent,
                             format_value(set.type, set.values.front()));
  }
  out += fmt::format("{}values:\n", indent);
  for (const std::string& value : set.values) {
    out += fmt::format("{}  - {}\n", indent, format_value(set.type, value));
  }
  return out;
}

/// An owner with several types has a list of them.
std::string format_owner(const DomainRecords& domain, std::string_view owner) {
  std::vector<RecordSet> sets;
  std::copy_if(domain.sets.begin(), domain.sets.end(), std::back_inserter(sets),
               [owner](const RecordSet& set) { return set.owner == owner; });
  std::string out = fmt::format("{}:\n", relative_name(owner, domain.domain));
  for (const RecordSet& set : sets) {
    out += sets.size() == 1 ? format_set(set, "  ", "  ")
                            : format_set(set, "  - ", "    ");
  }
  return out;
}

}  // namespace

std::string format_octodns(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    out += "---\n" + format_notes(domain, "#");
    std::string_view owner;
    for (const RecordSet& set : domain.sets) {
      if (set.owner != owner) out += format_owner(domain, set.owner);
      owner = set.owner;
    }
  }
  return out;
}

}  // namespace mtasts::publish
