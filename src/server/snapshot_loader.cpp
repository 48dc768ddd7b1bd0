// SPDX-License-Identifier: MIT
#include "server/snapshot_loader.hpp"

#include <fmt/format.h>

#include <utility>

#include "server/needed_findings.hpp"
#include "server/plain_http.hpp"

namespace mtasts::server {
namespace {

constexpr std::string_view k_wildcard = "*.";

Diagnostic make_loss(const std::string& host, tls::Quality left,
                     const std::string& place) {
  return {Severity::error, "certificate.lost", Place{place},
          left == tls::Quality::none
              ? fmt::format("the new certificates leave the policy host {} "
                            "without a usable one",
                            host)
              : fmt::format("the new certificates have a worse one for the "
                            "policy host {} than it has now",
                            host),
          "the old ones stay in use until the new ones are good"};
}

}  // namespace

void SnapshotLoader::touch(const std::vector<std::string>& domains) {
  touched_.insert(domains.begin(), domains.end());
}

void SnapshotLoader::touch(
    const std::vector<tls::CertificatePtr>& certificates) {
  for (const tls::CertificatePtr& one : certificates) touch_names(one->names());
}

/// Of certificates. A wildcard covers a policy host only as "*." in front of
/// its domain.
void SnapshotLoader::touch_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (const std::string_view start : {k_policy_host_prefix, k_wildcard}) {
      if (name.starts_with(start)) touched_.insert(name.substr(start.size()));
    }
  }
}

void SnapshotLoader::recheck() {
  is_recheck_ = true;
  config_.reread_faulty();
  finder_.reread_faulty();
}

/// True if there was one.
bool SnapshotLoader::find_losses(const Snapshot& serving,
                                 const config::Live& live,
                                 LoadedSnapshot& loaded) const {
  const std::chrono::sys_seconds now = wall_clock();
  bool found = false;
  for (const std::string& domain : touched_) {
    const std::string host = policy_host(domain);
    const tls::Quality left = store_.quality(host, now);
    if (live.by_domain.find(domain) == nullptr ||
        serving.site.find_domain(domain) == nullptr ||
        left >= serving.certificates->quality(host, now)) {
      continue;
    }
    found = true;
    loaded.diagnostics.push_back(make_loss(
        host, left, live.certificates.empty() ? "" : live.certificates[0]));
  }
  return found;
}

void SnapshotLoader::check_hosts(const config::Live& live,
                                 LoadedSnapshot& loaded) {
  // That there is none at all was said of the files.
  if (live.certificates.empty() || store_.size() == 0) {
    for (auto& [domain, findings] : std::exchange(hosts_, {})) {
      append(loaded.withdrawn, std::move(findings));
    }
    is_recheck_ = true;
    return;
  }
  const std::chrono::sys_seconds now = wall_clock();
  for (const std::string& domain : touched_) {
    auto old = hosts_.extract(domain);
    if (old) append(loaded.withdrawn, std::move(old.mapped()));
    if (live.by_domain.find(domain) == nullptr) continue;
    const std::string host = policy_host(domain);
    Diagnostics found =
        tls::check_host(store_, host, live.certificates.front(), now);
    if (store_.find_all(host).empty() && finder_.has_refused(host)) continue;
    if (!found.empty()) hosts_.emplace(domain, std::move(found));
  }
  std::set<std::string> said;  // one certificate may serve many hosts
  for (const auto& [domain, findings] : hosts_) {
    for (const Diagnostic& one : findings) {
      const bool is_of_file = one.id != "certificate.name-not-covered";
      if (is_of_file && !said.insert(one.id + one.place.file).second) continue;
      loaded.diagnostics.push_back(one);
    }
  }
}

LoadedSnapshot SnapshotLoader::load(const Scope& scope,
                                    const Snapshot* serving) {
  config::Loaded config = config_.load(scope);
  // What is said of a host blames the first path.
  if (config.certificates != certificate_paths_) is_recheck_ = true;
  certificate_paths_ = config.certificates;
  tls::FoundCertificates found = finder_.find(certificate_paths_, scope);
  store_ = store_.with(found.added, found.removed);
  LoadedSnapshot loaded;
  loaded.has_new_inputs = config.has_new_inputs || found.has_new_inputs;
  loaded.diagnostics = std::move(config.diagnostics);
  loaded.withdrawn = std::move(config.withdrawn);
  append(loaded.withdrawn, std::move(found.withdrawn));
  new_certificates_.insert(new_certificates_.end(), found.added.begin(),
                           found.added.end());
  touch(config.touched);
  touch(found.added);
  touch(found.removed);
  touch_names(found.refused_names);
  if (!config.config) return loaded;

  config::Live live = std::move(config.config->live);
  // The listeners that run stay, whatever the file says now.
  const bool needs = serving == nullptr
                         ? needs_certificates(config.config->startup)
                         : serving->needs_certificates;
  if (std::exchange(is_recheck_, false)) touch(all_domains(live));
  if (needs) {
    append(loaded.diagnostics, keep_needed(found, live, store_, wall_clock()));
    check_hosts(live, loaded);
  }
  if (needs && serving != nullptr && find_losses(*serving, live, loaded)) {
    return loaded;
  }
  Site site(live);
  loaded.touched.assign(touched_.begin(), touched_.end());
  loaded.new_certificates = new_certificates_;
  loaded.snapshot = std::make_shared<const Snapshot>(Snapshot{
      std::move(config.config->startup), std::move(live), std::move(site),
      std::make_shared<const tls::CertificateStore>(store_), needs});
  return loaded;
}

void SnapshotLoader::accept() {
  touched_.clear();
  new_certificates_.clear();
}

FileChanges SnapshotLoader::look(const Scope& scope, FileVisitor* also) const {
  FileChanges changes = config_.look(scope, also);
  changes.merge(finder_.look(scope, also));
  return changes;
}

LoadedSnapshot load_snapshot(const std::string& path) {
  return SnapshotLoader(path).load({}, nullptr);
}

}  // namespace mtasts::server
