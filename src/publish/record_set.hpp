// SPDX-License-Identifier: MIT
// The records of policy domains, as values. How each tool wants them written is
// the business of the format_* files.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.hpp"
#include "dns/record.hpp"
#include "result.hpp"

namespace mtasts::publish {

/// What a record is for: the id of the policy (RFC 8461, 3.1), where reports
/// go (RFC 8460, 3), or the way to the policy host (RFC 8461, 3.3).
enum class Purpose { mta_sts, tls_rpt, host };

/// What stands in front of a domain: "_mta-sts.".
std::string_view owner_prefix(Purpose purpose);

/// Of a policy domain, whose longest owner, "_smtp._tls." in front of it (RFC
/// 8460, 3), is a name, which has 253 octets at most.
constexpr std::size_t k_max_domain_octets = 242;

/// Where the records of `domain` with this purpose stand:
/// "_mta-sts.example.com".
std::string owner_name(Purpose purpose, const dns::Name& domain);

/// True for a text that means to be a record of this purpose, well-formed or
/// not: cut off at its ";", in the wrong case, or with its fields in another
/// order. `purpose` is not the policy host.
bool is_meant_for(std::string_view text, Purpose purpose);

/// All records of one owner and type, which tools replace together (RFC 2181,
/// 5). `owner` and the target of a CNAME are absolute, without the trailing
/// dot; the value of a TXT is its whole text, which publishing splits.
struct RecordSet {
  Purpose purpose;
  dns::Type type;
  std::string owner;
  std::chrono::seconds ttl;
  std::vector<std::string> values;
};

/// All that one policy domain has to publish.
struct DomainRecords {
  dns::Name domain;
  std::string note;  // one line about the policy, for a comment
  std::vector<RecordSet> sets;
  std::string reminder;  // what it needs beside these records; may be empty
};

/// Leads the policy host of each domain, where nothing does yet, to `targets`:
/// several addresses, or one name. Fails for a host that would lead to itself.
Result<void> add_host_records(std::vector<DomainRecords>& domains,
                              const std::vector<dns::Target>& targets);

/// Drops the records with another purpose, and what then is empty.
void keep_only(std::vector<DomainRecords>& domains, Purpose purpose);

}  // namespace mtasts::publish
