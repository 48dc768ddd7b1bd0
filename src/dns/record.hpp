// SPDX-License-Identifier: MIT
// DNS records to publish, as values. How each tool wants them written is the
// business of the format_* files.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.hpp"
#include "result.hpp"

namespace mtasts::dns {

enum class Type { txt, cname, a, aaaa };

/// "TXT", "CNAME", "A" or "AAAA".
std::string_view format_type(Type type);

/// What a record is for: the id of the policy (RFC 8461, 3.1), where reports
/// go (RFC 8460, 3), or the way to the policy host (RFC 8461, 3.3).
enum class Purpose { mta_sts, tls_rpt, host };

/// Where the records of `domain` with this purpose stand:
/// "_mta-sts.example.com".
std::string owner_name(Purpose purpose, const Name& domain);

/// All records of one owner and type, which tools replace together (RFC 2181,
/// 5). `owner` and the target of a CNAME are absolute, without the trailing
/// dot; the value of a TXT is its whole text, which publishing splits.
struct RecordSet {
  Purpose purpose;
  Type type;
  std::string owner;
  std::chrono::seconds ttl;
  std::vector<std::string> values;
};

/// All that one policy domain has to publish.
struct DomainRecords {
  Name domain;
  std::string note;  // one line about the policy, for a comment
  std::vector<RecordSet> sets;
  std::string reminder;  // what it needs beside these records; may be empty
};

/// Cuts `data` into character strings of at most 255 octets (RFC 1035, 3.3);
/// readers join them without spaces (RFC 8461, 3.1).
std::vector<std::string_view> split_character_strings(std::string_view data);

/// What a name can lead to: an IPv4 or IPv6 address, or another name.
struct Target {
  Type type;  // a, aaaa or cname
  std::string value;
};

/// Told by content; addresses get their usual form (RFC 5952).
Result<Target> parse_target(std::string_view text);

/// Leads the policy host of each domain, where nothing does yet, to `targets`:
/// several addresses, or one name. Fails for a host that would lead to itself.
Result<void> add_host_records(std::vector<DomainRecords>& domains,
                              const std::vector<Target>& targets);

/// Drops the records with another purpose, and what then is empty.
void keep_only(std::vector<DomainRecords>& domains, Purpose purpose);

}  // namespace mtasts::dns
