// SPDX-License-Identifier: MIT
#include "snapshot/snapshot_loader.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "config/listeners.hpp"
#include "snapshot/needed_findings.hpp"

namespace mtasts::snapshot {
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

/// Of certificates. A wildcard covers a policy host only as "*." in front of
/// its domain.
void touch_names(const std::vector<std::string>& names,
                 std::set<std::string>& touched) {
  for (const std::string& name : names) {
    for (const std::string_view start : {k_policy_host_prefix, k_wildcard}) {
      if (name.starts_with(start)) touched.insert(name.substr(start.size()));
    }
  }
}

void touch_names(const std::vector<tls::CertificatePtr>& certificates,
                 std::set<std::string>& touched) {
  for (const tls::CertificatePtr& one : certificates) {
    touch_names(one->names(), touched);
  }
}

}  // namespace

/// `more` has all errors there are, and the warnings that are new.
void SnapshotLoader::News::add(Diagnostics more, Diagnostics gone) {
  std::set<std::string> texts;
  for (const Diagnostic& one : gone) texts.insert(format_diagnostic(one));
  std::erase_if(diagnostics, [&](const Diagnostic& one) {
    return one.severity == Severity::error ||
           texts.contains(format_diagnostic(one));
  });
  append(diagnostics, std::move(more));
  append(withdrawn, std::move(gone));
}

/// The same of certificates: which of it matters is known with the policies.
void SnapshotLoader::add_news(tls::FoundCertificates found) {
  tls::FoundCertificates& news = certificate_news_;
  std::set<std::string> texts;
  for (const Diagnostic& one : found.withdrawn) {
    texts.insert(format_diagnostic(one));
  }
  std::erase_if(news.findings, [&](const tls::FileFinding& one) {
    return one.diagnostic.severity == Severity::error ||
           texts.contains(format_diagnostic(one.diagnostic));
  });
  news.findings.insert(news.findings.end(),
                       std::make_move_iterator(found.findings.begin()),
                       std::make_move_iterator(found.findings.end()));
  news.none_found = std::move(found.none_found);
  append(news.withdrawn, std::move(found.withdrawn));
}

void SnapshotLoader::recheck() {
  is_recheck_ = true;
  config_.reread_faulty();
  finder_.reread_faulty();
}

bool SnapshotLoader::read(const files::Scope& scope) {
  last_config_ = config_.load(scope);
  is_main_restless_ = files::is_of_rested(scope) &&
                      !config_.look(files::Paths{path_}, nullptr).empty();
  policy_news_.add(std::exchange(last_config_.diagnostics, {}),
                   std::exchange(last_config_.withdrawn, {}));
  policies_touched_.insert(last_config_.touched.begin(),
                           last_config_.touched.end());
  // What can't be understood moves no certificates.
  const bool is_moved =
      last_config_.certificates != certificate_paths_ &&
      (!files::is_of_rested(scope) || last_config_.is_main_good);
  if (is_moved) {
    certificate_paths_ = last_config_.certificates;
    is_recheck_ = true;  // what is said of a host blames the first path
  }
  tls::FoundCertificates found = finder_.find(certificate_paths_, scope);
  store_ = store_.with(found.added, found.removed);
  new_certificates_.insert(new_certificates_.end(), found.added.begin(),
                           found.added.end());
  touch_names(found.added, certificates_touched_);
  touch_names(found.removed, certificates_touched_);
  touch_names(found.refused_names, certificates_touched_);
  const bool has_new_inputs = found.has_new_inputs;
  add_news(std::move(found));
  return last_config_.has_new_inputs || has_new_inputs;
}

SnapshotLoader::Domains SnapshotLoader::touched_hosts(
    const config::Live& live) {
  if (std::exchange(is_recheck_, false)) {
    const std::vector<std::string> all = all_domains(live);
    rechecked_.insert(all.begin(), all.end());
  }
  Domains domains = policies_touched_;
  domains.insert(certificates_touched_.begin(), certificates_touched_.end());
  domains.insert(rechecked_.begin(), rechecked_.end());
  return domains;
}

/// True if there was one.
bool SnapshotLoader::find_losses(const Snapshot& serving,
                                 const config::Live& live,
                                 const Domains& domains,
                                 std::chrono::sys_seconds now,
                                 LoadedSnapshot& loaded) {
  bool found = false;
  for (const std::string& domain : domains) {
    const std::string host = policy_host(domain);
    const tls::Quality left = store_.quality(host, now);
    if (live.find_domain(domain) == nullptr ||
        serving.live.find_domain(domain) == nullptr ||
        left >= serving.certificates->quality(host, now)) {
      continue;
    }
    found = true;
    verdicts_.push_back(make_loss(
        host, left, certificate_paths_.empty() ? "" : certificate_paths_[0]));
    loaded.diagnostics.push_back(verdicts_.back());
  }
  return found;
}

void SnapshotLoader::check_hosts(const config::Live& live,
                                 const Domains& domains,
                                 std::chrono::sys_seconds now,
                                 LoadedSnapshot& loaded) {
  // That there is none at all was said of the files.
  if (certificate_paths_.empty() || store_.size() == 0) {
    for (auto& [domain, findings] : std::exchange(hosts_, {})) {
      append(loaded.withdrawn, std::move(findings));
    }
    is_recheck_ = true;
    return;
  }
  for (const std::string& domain : domains) {
    auto old = hosts_.extract(domain);
    if (old) append(loaded.withdrawn, std::move(old.mapped()));
    if (live.find_domain(domain) == nullptr) continue;
    const std::string host = policy_host(domain);
    Diagnostics found =
        tls::check_host(store_, host, certificate_paths_.front(), now);
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

LoadedSnapshot SnapshotLoader::judge(const Snapshot* serving,
                                     std::chrono::sys_seconds now,
                                     Allowances allowed) {
  LoadedSnapshot loaded;
  if (!is_main_restless_) {
    append(loaded.diagnostics, std::exchange(policy_news_.diagnostics, {}));
    append(loaded.withdrawn, std::exchange(policy_news_.withdrawn, {}));
  }
  append(loaded.withdrawn, std::exchange(certificate_news_.withdrawn, {}));
  append(loaded.withdrawn, std::exchange(verdicts_, {}));
  takes_policies_ = last_config_.config.has_value() && !is_main_restless_;
  takes_certificates_ = false;
  Snapshot next;
  if (takes_policies_) {
    next.startup = last_config_.config->startup;
    next.live = last_config_.config->live;
    Diagnostics refusals = check_refusals(
        next, {policies_touched_.begin(), policies_touched_.end()}, path_,
        Severity::error, allowed);
    takes_policies_ = refusals.empty();
    append(verdicts_, refusals);
    append(loaded.diagnostics, std::move(refusals));
  }
  loaded.policies_wait = is_main_restless_;
  loaded.policies_refused = !takes_policies_ && !is_main_restless_;
  if (!takes_policies_) {
    if (serving == nullptr) return loaded;
    next = *serving;
  }
  // The listeners that run stay, whatever the file says now.
  next.needs_certificates = serving == nullptr
                                ? config::needs_certificates(next.startup)
                                : serving->needs_certificates;
  const Domains domains = touched_hosts(next.live);
  tls::FoundCertificates news = std::exchange(certificate_news_, {});
  if (next.needs_certificates) {
    append(loaded.diagnostics, keep_needed(news, next.live, store_, now));
    check_hosts(next.live, domains, now, loaded);
    loaded.certificates_refused =
        serving != nullptr &&
        find_losses(*serving, next.live, domains, now, loaded);
  }
  takes_certificates_ = !loaded.certificates_refused;
  next.certificates =
      takes_certificates_
          ? std::make_shared<const tls::CertificateStore>(store_)
          : serving->certificates;
  if (takes_certificates_) loaded.new_certificates = new_certificates_;
  loaded.touched.assign(domains.begin(), domains.end());
  // What is good is no news if it was good before.
  const bool is_new = (takes_policies_ && takes_certificates_) ||
                      (takes_policies_ && !policies_touched_.empty()) ||
                      (takes_certificates_ && !certificates_touched_.empty());
  if (is_new)
    loaded.snapshot = std::make_shared<const Snapshot>(std::move(next));
  return loaded;
}

LoadedSnapshot SnapshotLoader::load(const files::Scope& scope,
                                    const Snapshot* serving,
                                    std::chrono::sys_seconds now) {
  read(scope);
  return judge(serving, now);
}

void SnapshotLoader::accept() {
  if (takes_policies_) policies_touched_.clear();
  if (!takes_certificates_) return;
  if (takes_policies_) rechecked_.clear();
  certificates_touched_.clear();
  new_certificates_.clear();
}

files::FileChanges SnapshotLoader::look(const files::Scope& scope,
                                        files::FileVisitor* also) const {
  files::FileChanges changes = config_.look(scope, also);
  changes.merge(finder_.look(scope, also));
  return changes;
}

files::FileChanges SnapshotLoader::find_changes(const files::Scope& scope,
                                                files::FileVisitor* also) {
  files::FileChanges changes = config_.look(scope, also);
  files::FileChanges beside = finder_.look(scope, also);
  finder_.pass_over(beside);
  changes.merge(beside);
  return changes;
}

LoadedSnapshot load_snapshot(const std::string& path,
                             std::chrono::sys_seconds now) {
  return SnapshotLoader(path).load({}, nullptr, now);
}

}  // namespace mtasts::snapshot
