// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/quote.hpp"
#include "publish/format.hpp"
#include "publish/quote.hpp"

namespace mtasts::publish {
namespace {

/// The provider puts a text into quotes itself, so that only those between
/// two strings are written.
std::string format_value(dns::Type type, std::string_view value) {
  if (type != dns::Type::txt) return quote_hcl(value);
  std::string out;
  for (const std::string_view text : dns::split_character_strings(value)) {
    if (!out.empty()) out += "\"\"";
    out += dns::escape_character_string(text);
  }
  return quote_hcl(out);
}

}  // namespace

std::string format_terraform_aws(const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    out += format_notes(domain, "#");
    for (const RecordSet& set : domain.sets) {
      std::string values;
      for (const std::string& value : set.values) {
        values += (values.empty() ? "" : ", ") + format_value(set.type, value);
      }
      out += fmt::format(
          "resource \"aws_route53_record\" \"{}\" {{\n"
          "  zone_id = var.zone_ids[{}]\n"
          "  name    = {}\n"
          "  type    = \"{}\"\n"
          "  ttl     = {}\n"
          "  records = [{}]\n"
          "}}\n",
          terraform_label(set, domain.domain), quote_hcl(domain.domain.text()),
          quote_hcl(set.owner), dns::format_type(set.type), set.ttl.count(),
          values);
    }
  }
  return out;
}

}  // namespace mtasts::publish
