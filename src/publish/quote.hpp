// SPDX-License-Identifier: MIT
// What several forms share: comments, quoting and labels.
#pragma once

#include <string>
#include <string_view>

#include "publish/record_set.hpp"

namespace mtasts::publish {

/// What to know about `domain`, in lines that begin with `marker`.
std::string format_notes(const DomainRecords& domain, std::string_view marker);

/// A YAML scalar in single quotes (YAML 1.2, 7.3.2). `text` is one line.
std::string quote_yaml(std::string_view text);

/// An HCL string: JSON's escapes, and "${" and "%{" start a template.
std::string quote_hcl(std::string_view text);

/// A name for a resource of Terraform that no other set has:
/// "mta_sts_example_com", and for the policy host "policy_host_example_com_a".
std::string terraform_label(const RecordSet& set, const dns::Name& domain);

/// `owner` as seen from `domain`, which it lies below.
std::string_view relative_name(std::string_view owner, const dns::Name& domain);

}  // namespace mtasts::publish
