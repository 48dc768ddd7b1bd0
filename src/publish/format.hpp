// SPDX-License-Identifier: MIT
// Records as text, one function and one file for each form. Same input, same
// octets. A new form is its file (in CMakeLists.txt too), its line below and
// its line in format.cpp, both of which count the forms; the help of `records`,
// completions, mta-stsd(8), docs/howto.md and the tests of the forms name it.
// Forms that are read, for `records --diff`, are the business of dns/.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "publish/record_set.hpp"

namespace mtasts::publish {

/// Name, type, TTL and value on lines of their own, for web panels: the value
/// is whole and unquoted.
std::string format_plain(const std::vector<DomainRecords>& domains);

/// Master file lines (RFC 1035, 5.1).
std::string format_zone(const std::vector<DomainRecords>& domains);

/// A list of objects, one for each record; the value is whole and unquoted.
std::string format_json(const std::vector<DomainRecords>& domains);

/// Commands for nsupdate(1): a dynamic update (RFC 2136) for each domain.
std::string format_nsupdate(const std::vector<DomainRecords>& domains);

/// The body of a PATCH to a zone of the PowerDNS API.
std::string format_powerdns(const std::vector<DomainRecords>& domains);

/// A zone file of octoDNS for each domain, as YAML documents.
std::string format_octodns(const std::vector<DomainRecords>& domains);

/// Statements for dnsconfig.js of DNSControl.
std::string format_dnscontrol(const std::vector<DomainRecords>& domains);

/// A change batch for `aws route53 change-resource-record-sets`.
std::string format_route53(const std::vector<DomainRecords>& domains);

/// Resources of Terraform's providers of these names.
std::string format_terraform_cloudflare(
    const std::vector<DomainRecords>& domains);
std::string format_terraform_aws(const std::vector<DomainRecords>& domains);

/// DNSEndpoint objects of Kubernetes' external-dns.
std::string format_external_dns(const std::vector<DomainRecords>& domains);

struct Format {
  std::string_view name;
  std::string (*format)(const std::vector<DomainRecords>&);
};

/// All of the above, by the names that `--format` takes.
const std::array<Format, 11>& formats();

/// Null when there is none of this name.
const Format* find_format(std::string_view name);

}  // namespace mtasts::publish
