// SPDX-License-Identifier: MIT
// What several forms share: comments and quoting.
#pragma once

#include <string>
#include <string_view>

#include "dns/record.hpp"

namespace mtasts::dns {

/// What to know about `domain`, in lines that begin with `marker`.
std::string format_notes(const DomainRecords& domain, std::string_view marker);

/// `text` without quotes around it, for between them: a backslash stands before
/// a quote and a backslash, octets outside of printable ASCII are \DDD (RFC
/// 1035, 5.1). Data of others goes to terminals too.
std::string escape_character_string(std::string_view text);

/// The data of a record as a master file has it (RFC 1035, 5.1). A text is
/// always in quotes: without them a ";" starts a comment, and every zone
/// checker accepts the rubbish. Above 255 octets it is several strings.
std::string format_data(Type type, std::string_view value);

/// The same, but for tools that take a name without its trailing dot.
std::string format_data_undotted(Type type, std::string_view value);

/// A YAML scalar in single quotes (YAML 1.2, 7.3.2). `text` is one line.
std::string quote_yaml(std::string_view text);

/// An HCL string: JSON's escapes, and "${" and "%{" start a template.
std::string quote_hcl(std::string_view text);

/// A name for a resource of Terraform that no other set has:
/// "mta_sts_example_com", and for the policy host "policy_host_example_com_a".
std::string terraform_label(const RecordSet& set, const Name& domain);

/// `owner` as seen from `domain`, which it lies below.
std::string_view relative_name(std::string_view owner, const Name& domain);

}  // namespace mtasts::dns
