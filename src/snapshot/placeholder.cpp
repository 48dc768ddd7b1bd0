// SPDX-License-Identifier: MIT
#include "snapshot/placeholder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "config/placeholder_table.hpp"

namespace mtasts::snapshot {
namespace {

std::optional<std::string> find_placeholder(const publish::Publication& entry,
                                            bool (*is_one)(const dns::Name&)) {
  for (const dns::Name& domain : entry.domains) {
    if (is_one(domain)) return domain.text();
  }
  for (const sts::MxPattern& mx : entry.policy.mx()) {
    if (is_one(mx.name())) return mx.text();
  }
  // Those who own the name would get the reports.
  for (const tlsrpt::ReportUri& uri : entry.tls_rpt) {
    const Result<dns::Name> host = dns::Name::parse(uri.host());
    if (host && is_one(*host)) return uri.text();
  }
  return std::nullopt;
}

}  // namespace

Diagnostics find_placeholders(const Snapshot& snapshot,
                              const std::vector<std::string>& domains,
                              Severity severity) {
  const auto& listen = snapshot.startup.listen;
  if (std::all_of(listen.begin(), listen.end(),
                  [](const auto& one) { return one.is_local(); })) {
    return {};
  }
  Diagnostics found;
  std::set<const publish::Publication*> seen;
  for (const std::string& domain : domains) {
    const publish::Publication* entry = snapshot.site.find_domain(domain);
    if (entry == nullptr || !seen.insert(entry).second) continue;
    std::optional<std::string> name =
        find_placeholder(*entry, config::is_set_aside);
    // Those are warned of wherever they are, see policy_lint.cpp.
    if (!name && severity == Severity::error) {
      name = find_placeholder(*entry, config::asks_to_be_filled_in);
    }
    if (name) {
      found.push_back({severity, "policy.placeholder", entry->place,
                       fmt::format("{} is a placeholder, and serve refuses it "
                                   "on a public listener",
                                   in_quotes(*name)),
                       "put your own names there, or try it with serve "
                       "--allow-example"});
    }
  }
  return found;
}

}  // namespace mtasts::snapshot
