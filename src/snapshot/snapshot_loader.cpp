// SPDX-License-Identifier: MIT
#include "snapshot/snapshot_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "config/listeners.hpp"
#include "config/policy_lint.hpp"
#include "snapshot/needed_findings.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::snapshot {
namespace {

Diagnostic make_loss(const std::string& host, tls::Quality left,
                     const std::string& place) {
  return {Severity::error, "certificate.lost", Place{place},
          left == tls::Quality::none
              ? fmt::format("the new certificates leave the host {} without a "
                            "usable one",
                            host)
              : fmt::format("the new certificates have a worse one for the "
                            "host {} than it has now",
                            host),
          "the old ones stay in use until the new ones are good"};
}

/// Of certificates.
template <class Names>
void add_covered(const Names& names, std::vector<std::string>& domains) {
  for (const std::string_view name : names) {
    if (auto domain = find_covered(name)) domains.push_back(*std::move(domain));
  }
}

/// `more` in any order; `domains` are sorted, each there once, and stay so. At
/// a start it is all there are, for which a set is slow and large.
void merge(std::vector<std::string>& domains, std::vector<std::string> more) {
  if (!std::ranges::is_sorted(more)) std::ranges::sort(more);
  const std::ptrdiff_t middle = std::ssize(domains);
  std::ranges::move(more, std::back_inserter(domains));
  std::ranges::inplace_merge(domains, domains.begin() + middle);
  domains.erase(std::ranges::unique(domains).begin(), domains.end());
}

}  // namespace

void SnapshotLoader::recheck() {
  is_recheck_ = true;
  policies_.loader.reread_faulty();
  certificates_.finder.reread_faulty();
}

bool SnapshotLoader::read(const files::Scope& scope) {
  read_policies(scope);
  return read_certificates(scope) || policies_.last.has_new_inputs;
}

void SnapshotLoader::read_policies(const files::Scope& scope) {
  config::Loaded& last = policies_.last = policies_.loader.load(scope);
  policies_.is_main_restless =
      files::is_of_rested(scope) &&
      !policies_.loader.look(files::Paths{path_}).empty();
  merge(policies_.touched, std::exchange(last.touched, {}));
}

/// Where the policies say that they are. True if other files count now.
bool SnapshotLoader::read_certificates(const files::Scope& scope) {
  const config::Loaded& config = policies_.last;
  // What can't be understood moves no certificates.
  const bool is_moved = config.certificates != certificates_.paths &&
                        (!files::is_of_rested(scope) || config.is_main_good);
  if (is_moved) {
    certificates_.paths = config.certificates;
    is_recheck_ = true;  // what is said of a host blames the first path
  }
  tls::FoundCertificates& found = certificates_.last =
      certificates_.finder.find(certificates_.paths, scope);
  certificates_.store = certificates_.store.with(found.added, found.removed);
  Domains covered;
  for (const auto* certificates : {&found.added, &found.removed}) {
    for (const auto& one : *certificates) add_covered(one->names(), covered);
  }
  add_covered(found.refused_names, covered);
  merge(certificates_.touched, std::move(covered));
  certificates_.added.insert(certificates_.added.end(), found.added.begin(),
                             found.added.end());
  return found.has_new_inputs;
}

/// Empty: it has none here.
std::string SnapshotLoader::host_of(const std::string& domain,
                                    const config::Live& live) const {
  if (!host_.empty()) return domain == host_ ? host_ : "";
  return live.find_domain(domain) == nullptr ? "" : sts::policy_host(domain);
}

SnapshotLoader::Domains SnapshotLoader::touched_hosts(
    const config::Live& live) {
  if (!host_.empty()) return {host_};
  if (std::exchange(is_recheck_, false)) merge(rechecked_, all_domains(live));
  Domains domains = policies_.touched;
  merge(domains, certificates_.touched);
  merge(domains, rechecked_);
  return domains;
}

/// True if a host would have a worse certificate than now.
bool SnapshotLoader::report_losses(const Snapshot& serving,
                                   const config::Live& live,
                                   const Domains& domains,
                                   std::chrono::sys_seconds now,
                                   LoadedSnapshot& loaded) {
  bool found = false;
  for (const std::string& domain : domains) {
    const std::string host = host_of(domain, live);
    const tls::Quality left = certificates_.store.quality(host, now);
    if (host.empty() || host_of(domain, serving.live).empty() ||
        left >= serving.certificates->quality(host, now)) {
      continue;
    }
    found = true;
    loaded.diagnostics.push_back(make_loss(
        host, left, certificates_.paths.empty() ? "" : certificates_.paths[0]));
  }
  return found;
}

void SnapshotLoader::check_hosts(const config::Live& live,
                                 const Domains& domains,
                                 std::chrono::sys_seconds now,
                                 LoadedSnapshot& loaded) {
  // That there is none at all was said of the files.
  if (certificates_.paths.empty() || certificates_.store.size() == 0) {
    hosts_.clear();
    is_recheck_ = true;
    return;
  }
  for (const std::string& domain : domains) {
    hosts_.erase(domain);
    const std::string host = host_of(domain, live);
    if (host.empty()) continue;
    Diagnostics found = tls::check_host(certificates_.store, host,
                                        certificates_.paths.front(), now);
    if (found.empty() || (certificates_.store.find_all(host).empty() &&
                          certificates_.finder.has_refused(host))) {
      continue;
    }
    hosts_.emplace(domain, std::move(found));
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

/// The policies that were read, if they are good.
bool SnapshotLoader::take_policies(LoadedSnapshot& loaded, Snapshot& next,
                                   std::chrono::sys_seconds now,
                                   Allowances allowed) {
  if (policies_.is_main_restless) {
    loaded.policies_wait = true;
    return false;
  }
  append(loaded.diagnostics, std::move(policies_.last.diagnostics));
  loaded.policies_refused = true;
  if (!policies_.last.config) return false;
  config::Config config = *std::exchange(policies_.last.config, std::nullopt);
  next.startup = std::move(config.startup);
  next.live = std::move(config.live);
  append(loaded.diagnostics, config::lint_retirements(next.live, now));
  Diagnostics refusals =
      check_refusals(next, policies_.touched, path_, Severity::error, allowed);
  loaded.policies_refused = !refusals.empty();
  append(loaded.diagnostics, std::move(refusals));
  return !loaded.policies_refused;
}

/// True if nothing strands what senders hold of what serves now.
bool SnapshotLoader::pass_guard(LoadedSnapshot& loaded, const Snapshot& serving,
                                const Snapshot& next,
                                const History& history) const {
  Diagnostics found = history.judge(serving.live, next.live, policies_.touched);
  loaded.policies_refused = has_errors(found);
  // The rest is of what is not done.
  if (loaded.policies_refused) {
    std::erase_if(found, [](const Diagnostic& one) {
      return one.severity != Severity::error;
    });
  }
  append(loaded.diagnostics, std::move(found));
  return !loaded.policies_refused;
}

LoadedSnapshot SnapshotLoader::judge(const Snapshot* serving,
                                     std::chrono::sys_seconds now,
                                     Allowances allowed,
                                     const History* history) {
  LoadedSnapshot loaded;
  Snapshot next;
  const bool takes_policies = take_policies(loaded, next, now, allowed) &&
                              (serving == nullptr || history == nullptr ||
                               pass_guard(loaded, *serving, next, *history));
  if (!takes_policies) {
    if (serving == nullptr) return loaded;
    next = *serving;
  }
  if (host_.empty() && next.startup.collect) host_ = next.startup.collect->host;
  // The listeners that run stay, whatever the file says now.
  next.needs_certificates = serving == nullptr
                                ? config::needs_certificates(next.startup)
                                : serving->needs_certificates;
  loaded.touched = touched_hosts(next.live);
  const Domains& domains = loaded.touched;
  // Goes with this scope, and with it the keys of what was removed.
  tls::FoundCertificates found = std::exchange(certificates_.last, {});
  if (next.needs_certificates) {
    append(loaded.diagnostics,
           keep_needed(found, next.live, host_, certificates_.store, now));
    check_hosts(next.live, domains, now, loaded);
    loaded.certificates_refused =
        serving != nullptr &&
        report_losses(*serving, next.live, domains, now, loaded);
  }
  const bool takes_certificates = !loaded.certificates_refused;
  next.certificates =
      takes_certificates
          ? std::make_shared<const tls::CertificateStore>(certificates_.store)
          : serving->certificates;
  if (takes_certificates) loaded.new_certificates = certificates_.added;
  // What is good is no news if it was good before.
  const bool is_new = (takes_policies && takes_certificates) ||
                      (takes_policies && !policies_.touched.empty()) ||
                      (takes_certificates &&
                       (!host_.empty() || !certificates_.touched.empty()));
  if (is_new) {
    loaded.snapshot = std::make_shared<const Snapshot>(std::move(next));
  }
  return loaded;
}

LoadedSnapshot SnapshotLoader::load(const files::Scope& scope,
                                    const Snapshot* serving,
                                    std::chrono::sys_seconds now) {
  read(scope);
  return judge(serving, now);
}

void SnapshotLoader::accept(const LoadedSnapshot& judged) {
  const bool took_policies = !judged.policies_refused && !judged.policies_wait;
  // Their room goes too: after a start it is that of all domains.
  if (took_policies) policies_.touched = Domains();
  if (judged.certificates_refused) return;
  if (took_policies) rechecked_ = Domains();
  certificates_.touched = Domains();
  certificates_.added = std::vector<tls::CertificatePtr>();
}

void SnapshotLoader::list(files::FileVisitor& visitor) const {
  policies_.loader.list(visitor);
  certificates_.finder.list(visitor);
}

files::FileChanges SnapshotLoader::find_changes(const files::Scope& scope) {
  files::FileChanges changes = policies_.loader.look(scope);
  files::FileChanges beside = certificates_.finder.look(scope);
  certificates_.finder.pass_over(beside);
  files::merge(changes, std::move(beside));
  return changes;
}

LoadedSnapshot load_snapshot(const std::string& path,
                             std::chrono::sys_seconds now,
                             files::FileVisitor* also) {
  return SnapshotLoader(path).load(files::Everywhere{also}, nullptr, now);
}

}  // namespace mtasts::snapshot
