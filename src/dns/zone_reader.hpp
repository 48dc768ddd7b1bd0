// SPDX-License-Identifier: MIT
// Reads the records that matter here from what others wrote: master files
// (RFC 1035, 5), answers of resolvers, and `dig +short`.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dns/record.hpp"
#include "dns/sought.hpp"

namespace mtasts::dns {

struct ZoneRecord {
  Type type;
  std::string owner;  // lower case, no trailing dot; empty for `dig +short`
  std::optional<std::chrono::seconds> ttl;
  std::string value;  // of a TXT its strings, joined; names as `owner`
  std::size_t line;
  std::size_t strings = 1;  // that a text came in
};

/// An owner and where it stands.
struct ZonePlace {
  std::string owner;
  std::size_t line;
};

struct Zone {
  std::vector<ZoneRecord> records;
  std::vector<ZonePlace> apexes;    // that have an SOA
  std::vector<ZonePlace> cuts;      // that have an NS, apexes too
  std::vector<std::size_t> unread;  // lines that are no record
  std::size_t other_records = 0;    // of types that matter to nobody here
  std::size_t short_alias = 0;      // line of a CNAME of dig +short, 0: none
  // Of a resolver: it has what was asked for, as far as it says that.
  bool is_answer = false;
  std::set<std::string> questions;
};

/// Records of other types and classes are passed over, also in the forms that
/// read_resolver_output() takes. `origin` is what relative names are seen from
/// until the text says otherwise; it may be empty. Fails on a failed look-up,
/// on what could hide a record (a quote or bracket left open, $INCLUDE, a
/// relative name without an origin), and on a line that is no record but speaks
/// of what is `sought`; also when there are such lines and no record at all.
Result<Zone> read_zone(std::string_view text, std::string_view origin,
                       const Sought& sought);

}  // namespace mtasts::dns
