// SPDX-License-Identifier: MIT
// Reads the records that matter here from what others wrote: master files
// (RFC 1035, 5), answers as dig prints them, and `dig +short`.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/record.hpp"

namespace mtasts::dns {

struct ZoneRecord {
  Type type;
  std::string owner;  // lower case, no trailing dot; empty for `dig +short`
  std::optional<std::chrono::seconds> ttl;
  std::string value;  // as in a RecordSet
  std::size_t line;
};

/// Records of other types and classes, and those with broken data, are passed
/// over. `origin` is what relative names are seen from until the text says
/// otherwise; it may be empty. Fails on what could hide a record: a quote or
/// bracket left open, $INCLUDE, or a relative name without an origin.
Result<std::vector<ZoneRecord>> read_zone(std::string_view text,
                                          std::string_view origin);

}  // namespace mtasts::dns
