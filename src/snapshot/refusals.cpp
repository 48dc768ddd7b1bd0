// SPDX-License-Identifier: MIT
#include "snapshot/refusals.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "config/listeners.hpp"
#include "config/placeholder_table.hpp"
#include "process/signals.hpp"
#include "snapshot/snapshot_loader.hpp"

namespace mtasts::snapshot {
namespace {

std::optional<std::string> find_placeholder(const publish::Publication& entry,
                                            bool (*is_one)(const dns::Name&)) {
  for (const std::string_view domain : entry.domains()) {
    if (is_one(*dns::Name::parse(domain))) return std::string(domain);
  }
  const sts::Policy policy = entry.policy();
  for (const sts::MxPattern& mx : policy.mx()) {
    if (is_one(mx.name())) return mx.text();
  }
  // Those who own the name would get the reports.
  for (const tlsrpt::ReportUri& uri : entry.tls_rpt()) {
    const Result<dns::Name> host = dns::Name::parse(uri.host());
    if (host && is_one(*host)) return uri.text();
  }
  return std::nullopt;
}

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
    const publish::Publication* entry = snapshot.live.find_domain(domain);
    if (entry == nullptr || !seen.insert(entry).second) continue;
    std::optional<std::string> name =
        find_placeholder(*entry, config::is_set_aside);
    // Those are warned of wherever they are, see policy_lint.cpp.
    if (!name && severity == Severity::error) {
      name = find_placeholder(*entry, config::asks_to_be_filled_in);
    }
    if (name) {
      found.push_back({severity, "policy.placeholder", entry->place(),
                       fmt::format("{} is a placeholder, and serve refuses it "
                                   "on a public listener",
                                   in_quotes(*name)),
                       "put your own names there, or try it with serve "
                       "--allow-example"});
    }
  }
  return found;
}

}  // namespace

Diagnostics check_refusals(const Snapshot& snapshot,
                           const std::vector<std::string>& domains,
                           const std::string& config, Severity severity,
                           Allowances allowed) {
  Diagnostics found;
  if (!allowed.plain_http) {
    found = config::find_public_plain_http(snapshot.startup, severity, config);
  }
  if (!allowed.examples) {
    append(found, find_placeholders(snapshot, domains, severity));
  }
  return found;
}

Diagnostics find_shut_out(const Snapshot& serving, const std::string& config,
                          const process::Account& account,
                          std::chrono::sys_seconds now, Severity severity) {
  const process::StopAtOnce
      stop_at_once;  // it takes as long as the load before
  const auto service = serving.startup.collect ? config::Service::collect
                                               : config::Service::serve;
  const LoadedSnapshot again =
      SnapshotLoader(config, service).load({}, &serving, now);
  Diagnostics found;
  // What has an error for root too, such as a host without a certificate, is no
  // reason.
  if (again.is_whole()) return found;
  for (const Diagnostic& one : again.diagnostics) {
    if (one.severity != Severity::error) continue;
    found.push_back(
        {severity, "server.user-shut-out", one.place,
         fmt::format("as user {}: {}", in_quotes(account.name), one.message),
         fmt::format("it has to be able to read this, and the folders on the "
                     "way: chgrp {}, chmod 640 for files and 750 for folders",
                     account.gid)});
  }
  sort_diagnostics(found);
  return found;
}

Diagnostics check_user(const Snapshot& snapshot, const std::string& config,
                       std::chrono::sys_seconds now) {
  const std::string& name = snapshot.startup.user;
  if (name.empty()) return {};
  const Result<process::Account> account = process::find_account(name);
  if (!account) {
    return {{Severity::warning, "server.user-unknown", Place{config},
             account.error().message, account.error().hint}};
  }
  if (::geteuid() != 0 || account->uid == 0 || !process::become(*account))
    return {};
  return find_shut_out(snapshot, config, *account, now, Severity::warning);
}

}  // namespace mtasts::snapshot
