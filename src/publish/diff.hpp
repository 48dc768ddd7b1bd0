// SPDX-License-Identifier: MIT
// What to do so that the DNS says what it should.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dns/zone_reader.hpp"
#include "publish/record_set.hpp"

namespace mtasts::publish {

/// Why senders take `found` for something else than `wanted`, both texts of
/// this purpose: "KumoMTA refuses white space at the end". Empty where the
/// texts themselves show it, as by another id; nothing where senders see no
/// difference.
using FindDifference = std::function<std::optional<std::string>(
    Purpose purpose, const std::string& found, const std::string& wanted)>;

struct DiffRules {
  std::optional<Purpose> only = {};  // compare these alone
  // A resolver counts the TTLs of its answers down.
  bool compare_ttl = false;
  std::optional<dns::Name> provider = {};  // whom the others are delegated to
  FindDifference find_difference = {};     // without it, octets are compared
};

/// What is neither in order nor something to add, change or delete.
struct DiffNote {
  std::size_t line;  // 0: the whole file
  Error error;
  bool is_open = false;  // it can't be told whether there is something to do
};

struct Diff {
  std::string orders;
  std::vector<DiffNote> notes;
};

/// `orders` has a line for each record to add or delete, two for one to change;
/// nothing when there is nothing to do. TXT records that are neither of MTA-STS
/// nor of TLS-RPT may stand there; nothing may stand beside a CNAME (RFC 1034,
/// 3.6.2) but one that leads to the right text is as good as the text. Policy
/// hosts are compared where `wanted` leads them somewhere. A text without an
/// owner is taken for one of `wanted`, if that is one domain. What `found`
/// can't show is never ordered to be added, and what `wanted` does not speak of
/// is left: these are notes, like each text of ours that stands elsewhere.
Diff compare_zone(const std::vector<DomainRecords>& wanted,
                  const dns::Zone& found, const DiffRules& rules);

}  // namespace mtasts::publish
