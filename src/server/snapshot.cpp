// SPDX-License-Identifier: MIT
#include "server/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

#include "config/duration.hpp"
#include "config/load.hpp"
#include "sts/txt_record.hpp"
#include "tls/certificate_files.hpp"
#include "tlsrpt/txt_record.hpp"

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

/// RFC 8461, 3.1 leaves the TTL open. While a policy is being tried, changes
/// are frequent and a short time lets senders see the new id soon; in mode
/// enforce the record rarely changes.
std::chrono::seconds default_ttl(sts::Mode mode) {
  return mode == sts::Mode::enforce ? std::chrono::seconds(3600)
                                    : std::chrono::seconds(300);
}

using Texts = std::pair<std::string, std::string>;  // of the two TXT records

Texts record_texts(const config::PolicyEntry& entry, const std::string& id) {
  return {sts::format_txt_record(id),
          entry.tls_rpt.empty() ? std::string{}
                                : tlsrpt::format_txt_record(entry.tls_rpt)};
}

std::map<std::string, Texts> texts_by_domain(const Snapshot& snapshot) {
  std::map<std::string, Texts> texts;
  for (const config::PolicyEntry& entry : snapshot.live.policies) {
    for (const dns::Name& domain : entry.domains) {
      texts[domain.text()] =
          record_texts(entry, snapshot.site.find_domain(domain.text())->id);
    }
  }
  return texts;
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
  LoadedSnapshot loaded;
  loaded.diagnostics = std::move(config.diagnostics);
  loaded.inputs = std::move(config.inputs);
  if (!config.config) return loaded;

  config::Live live = std::move(config.config->live);
  tls::FoundCertificates found = tls::find_certificates(live.certificates);
  append(loaded.inputs.files, std::move(found.inputs.files));
  append(loaded.inputs.globs, std::move(found.inputs.globs));
  const bool certificates_good = !has_errors(found.diagnostics);
  append(loaded.diagnostics, std::move(found.diagnostics));
  if (!certificates_good) return loaded;

  auto store = std::make_shared<const tls::CertificateStore>(
      std::move(found.certificates));
  if (!live.certificates.empty()) {
    loaded.coverage = tls::check_coverage(*store, policy_hosts(live),
                                          live.certificates.front(), now());
    append(loaded.diagnostics, Diagnostics(loaded.coverage));
  }
  Site site(live);
  loaded.snapshot = std::make_shared<const Snapshot>(
      Snapshot{std::move(config.config->startup), std::move(live),
               std::move(site), std::move(store)});
  return loaded;
}

bool can_serve(const Snapshot& snapshot) {
  const std::vector<std::string> hosts = policy_hosts(snapshot.live);
  const std::chrono::sys_seconds time = now();
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
    return snapshot.certificates->is_usable(host, time);
  });
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

std::vector<dns::DomainRecords> make_records(
    const config::Live& live, const Site& site,
    const std::vector<std::string>& domains,
    std::optional<std::chrono::seconds> ttl) {
  const std::unordered_set<std::string> wanted(domains.begin(), domains.end());
  std::vector<dns::DomainRecords> all;
  for (const config::PolicyEntry& entry : live.policies) {
    const sts::Policy& policy = entry.policy;
    const std::chrono::seconds time = ttl.value_or(default_ttl(policy.mode()));
    for (const dns::Name& domain : entry.domains) {
      if (!wanted.contains(domain.text())) continue;
      const auto [sts_text, tlsrpt_text] =
          record_texts(entry, site.find_domain(domain.text())->id);
      dns::DomainRecords records{
          .domain = domain,
          .note = fmt::format(
              "{}, max_age {}, {} mx", sts::format_mode(policy.mode()),
              config::format_duration(policy.max_age()), policy.mx().size()),
          .txt = {{"_mta-sts." + domain.text(), time, sts_text}},
          .policy_host = std::string(k_policy_host_prefix) + domain.text()};
      if (!tlsrpt_text.empty()) {
        records.txt.push_back(
            {"_smtp._tls." + domain.text(), time, tlsrpt_text});
      }
      all.push_back(std::move(records));
    }
  }
  return all;
}

std::vector<std::string> changed_domains(const Snapshot& older,
                                         const Snapshot& newer) {
  const std::map<std::string, Texts> before = texts_by_domain(older);
  std::vector<std::string> changed;
  for (const auto& [domain, texts] : texts_by_domain(newer)) {
    const auto known = before.find(domain);
    if (known == before.end() || known->second != texts) {
      changed.push_back(domain);
    }
  }
  return changed;
}

}  // namespace mtasts::server
