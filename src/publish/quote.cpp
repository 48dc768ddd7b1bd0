// SPDX-License-Identifier: MIT
#include "publish/quote.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text/ascii.hpp"
#include "text/json.hpp"

namespace mtasts::publish {

std::string format_notes(const DomainRecords& domain, std::string_view marker) {
  std::string out =
      fmt::format("{} {}: {}\n", marker, domain.domain.text(), domain.note);
  if (!domain.reminder.empty()) {
    out +=
        fmt::format("{} {} {}\n", marker,
                    owner_name(Purpose::host, domain.domain), domain.reminder);
  }
  return out;
}

std::string quote_yaml(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '\'';
  return out;
}

std::string quote_hcl(std::string_view text) {
  std::string out;
  for (const char c : text::json_quote(text)) {
    if (c == '{' && (out.ends_with('$') || out.ends_with('%'))) {
      out += out.back();
    }
    out += c;
  }
  return out;
}

std::string terraform_label(const RecordSet& set, const dns::Name& domain) {
  std::string label = domain.text();
  std::ranges::replace(label, '.', '_');
  switch (set.purpose) {
    case Purpose::mta_sts:
      return "mta_sts_" + label;
    case Purpose::tls_rpt:
      return "tls_rpt_" + label;
    case Purpose::host:
      return fmt::format("policy_host_{}_{}", label,
                         text::to_lower(dns::format_type(set.type)));
  }
  return label;
}

std::string_view relative_name(std::string_view owner,
                               const dns::Name& domain) {
  return owner.substr(0, owner.size() - domain.text().size() - 1);
}

}  // namespace mtasts::publish
