// SPDX-License-Identifier: MIT
#include "server/snapshot.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "config/load.hpp"
#include "tls/certificate_files.hpp"

namespace mtasts::server {
namespace {

std::chrono::sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
}

template <class T>
void append(std::vector<T>& to, std::vector<T> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()),
            std::make_move_iterator(from.end()));
}

}  // namespace

std::vector<std::string> policy_hosts(const config::Live& live) {
  std::vector<std::string> hosts = all_domains(live);
  for (std::string& host : hosts) {
    host.insert(0, k_policy_host_prefix);
  }
  return hosts;
}

std::vector<std::string> all_domains(const config::Live& live) {
  std::vector<std::string> domains;
  for (const config::PolicyEntry& entry : live.policies) {
    for (const dns::Name& domain : entry.domains) {
      domains.push_back(domain.text());
    }
  }
  return domains;
}

LoadedSnapshot load_snapshot(const std::string& path) {
  config::Loaded config = config::load_config(path);
  tls::FoundCertificates found = tls::find_certificates(config.certificates);
  LoadedSnapshot loaded;
  const bool good = config.config && !has_errors(found.diagnostics);
  loaded.diagnostics = std::move(config.diagnostics);
  loaded.inputs = std::move(config.inputs);
  append(loaded.diagnostics, std::move(found.diagnostics));
  append(loaded.inputs.files, std::move(found.inputs.files));
  append(loaded.inputs.globs, std::move(found.inputs.globs));
  if (!good) return loaded;

  config::Live live = std::move(config.config->live);
  auto store = std::make_shared<const tls::CertificateStore>(
      std::move(found.certificates));
  if (!live.certificates.empty()) {
    append(loaded.diagnostics,
           tls::check_coverage(*store, policy_hosts(live),
                               live.certificates.front(), now()));
  }
  Site site(live);
  loaded.snapshot = std::make_shared<const Snapshot>(
      Snapshot{std::move(config.config->startup), std::move(live),
               std::move(site), std::move(store)});
  return loaded;
}

std::vector<std::string> servable_domains(const Snapshot& snapshot) {
  std::vector<std::string> domains = all_domains(snapshot.live);
  const std::chrono::sys_seconds time = now();
  std::erase_if(domains, [&](const std::string& domain) {
    return !snapshot.certificates->is_usable(
        std::string(k_policy_host_prefix) + domain, time);
  });
  return domains;
}

std::vector<std::string> find_losses(const Snapshot& older,
                                     const Snapshot& newer) {
  const std::chrono::sys_seconds time = now();
  std::vector<std::string> losses;
  for (std::string& host : policy_hosts(newer.live)) {
    const bool known = older.site.find_authority(host) != nullptr;
    if (known && older.certificates->is_usable(host, time) &&
        !newer.certificates->is_usable(host, time)) {
      losses.push_back(std::move(host));
    }
  }
  return losses;
}

}  // namespace mtasts::server
