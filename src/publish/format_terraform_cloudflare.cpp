// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "dns/quote.hpp"
#include "publish/format.hpp"
#include "publish/quote.hpp"

namespace mtasts::publish {

// Cloudflare keeps one resource for each record, a text in quotes and names
// without the trailing dot; any other form differs again at every plan.
std::string format_terraform_cloudflare(
    const std::vector<DomainRecords>& domains) {
  std::string out;
  for (const DomainRecords& domain : domains) {
    out += format_notes(domain, "#");
    for (const RecordSet& set : domain.sets) {
      for (std::size_t i = 0; i < set.values.size(); ++i) {
        out += fmt::format(
            "resource \"cloudflare_dns_record\" \"{}{}\" {{\n"
            "  zone_id = var.zone_ids[{}]\n"
            "  name    = {}\n"
            "  type    = \"{}\"\n"
            "  ttl     = {}\n"
            "  content = {}\n"
            "}}\n",
            terraform_label(set, domain.domain),
            i == 0 ? "" : fmt::format("_{}", i + 1),
            quote_hcl(domain.domain.text()), quote_hcl(set.owner),
            dns::format_type(set.type), set.ttl.count(),
            quote_hcl(dns::format_data_undotted(set.type, set.values[i])));
      }
    }
  }
  return out;
}

}  // namespace mtasts::publish
