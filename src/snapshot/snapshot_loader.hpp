// SPDX-License-Identifier: MIT
// Makes snapshots from files, each from the one before and from what has
// changed since.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "diagnostic.hpp"
#include "snapshot/history.hpp"
#include "snapshot/refusals.hpp"
#include "snapshot/snapshot.hpp"
#include "tls/certificate_files.hpp"

namespace mtasts::snapshot {

struct LoadedSnapshot {
  /// Null when nothing new may serve: not at all, or beside what serves now.
  std::shared_ptr<const Snapshot> snapshot;
  /// True if a fault keeps them from being taken; the snapshot, if any, has
  /// what serves now in their place.
  bool policies_refused = false;
  bool certificates_refused = false;
  /// All there is to say, of the policies only when they do not wait.
  Diagnostics diagnostics;
  /// Domains whose policy or certificate may differ from the last snapshot
  /// that was accepted. Sorted.
  std::vector<std::string> touched;
  std::vector<tls::CertificatePtr> new_certificates;

  /// The main file does not rest, so nothing can be said of the policies.
  bool policies_wait = false;

  bool is_refused() const { return policies_refused || certificates_refused; }
  bool is_whole() const { return !is_refused() && !policies_wait; }
};

class SnapshotLoader {
 public:
  /// `path` is the configuration. Nothing is read yet.
  explicit SnapshotLoader(std::string path,
                          config::Service service = config::Service::serve)
      : path_(path), policies_(std::move(path), service) {}

  /// Reads what has changed and may be read. True if other files count now, as
  /// after an edit of `include`: they have to be looked at, and to rest, before
  /// anything is judged.
  bool read(const files::Scope& scope);

  /// Makes a snapshot of what was read. Policies and certificates are two
  /// groups, and each is taken as a whole or not at all: in the place of a bad
  /// one stays what `serving` has (null: there is nothing, so both have to be
  /// good). Certificates are bad when a host would have a worse one than now:
  /// a renewal is half done then. That a host never had one is no reason; see
  /// servable_domains(). Policies are bad, too, when the guard says so, which
  /// knows `history`; null: nobody asks it.
  LoadedSnapshot judge(const Snapshot* serving, std::chrono::sys_seconds now,
                       Allowances allowed = k_all_allowed,
                       const History* history = nullptr);

  /// Both at once.
  LoadedSnapshot load(const files::Scope& scope, const Snapshot* serving,
                      std::chrono::sys_seconds now);

  /// Says that the snapshot of the last judgement serves now.
  void accept(const LoadedSnapshot& judged);

  /// Lets the next load look at every host and every fault anew: certificates
  /// expire, and lacks of descriptors end, without any file changing.
  void recheck();

  /// Shows which files there are now.
  void list(files::FileVisitor& visitor) const;
  /// What differs on the disk from what was loaded, without what can't matter;
  /// see CertificateFinder::pass_over().
  files::FileChanges find_changes(const files::Scope& scope);

 private:
  using Domains = std::vector<std::string>;  // sorted, each once

  /// Of each group: what was read of the files, and which domains may differ
  /// from the last snapshot that took the group.
  struct Policies {
    Policies(std::string path, config::Service service)
        : loader(std::move(path), service) {}

    config::Loader loader;
    config::Loaded last;
    /// The main file does not rest, so its includes are not taken either.
    bool is_main_restless = false;
    Domains touched;
  };
  struct Certificates {
    std::vector<std::string> paths;
    tls::CertificateFinder finder;
    tls::CertificateStore store;
    tls::FoundCertificates last;
    std::vector<tls::CertificatePtr> added;
    Domains touched;
  };

  void read_policies(const files::Scope& scope);
  bool read_certificates(const files::Scope& scope);
  bool take_policies(LoadedSnapshot& loaded, Snapshot& next,
                     std::chrono::sys_seconds now, Allowances allowed);
  bool pass_guard(LoadedSnapshot& loaded, const Snapshot& serving,
                  const Snapshot& next, const History& history) const;
  Domains touched_hosts(const config::Live& live);
  std::string host_of(const std::string& domain,
                      const config::Live& live) const;
  bool report_losses(const Snapshot& serving, const config::Live& live,
                     const Domains& domains, std::chrono::sys_seconds now,
                     LoadedSnapshot& loaded);
  void check_hosts(const config::Live& live, const Domains& domains,
                   std::chrono::sys_seconds now, LoadedSnapshot& loaded);

  std::string path_;
  /// The host of [collect], which then is the one that has to have a
  /// certificate, and stands among the domains; empty: those of policies.
  std::string host_;
  Policies policies_;
  Certificates certificates_;
  /// Hosts to be checked though nothing of theirs was touched, until both
  /// groups are taken; and that the next judgement has to add all.
  Domains rechecked_;
  bool is_recheck_ = false;
  std::map<std::string, Diagnostics> hosts_;  // domains with a finding
};

/// All at once: the one load of a command that ends. `also`: as in
/// files::Everywhere.
LoadedSnapshot load_snapshot(const std::string& path,
                             std::chrono::sys_seconds now,
                             files::FileVisitor* also = nullptr);

}  // namespace mtasts::snapshot
