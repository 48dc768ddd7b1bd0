// SPDX-License-Identifier: MIT
// Makes snapshots from files, each from the one before and from what has
// changed since.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "diagnostic.hpp"
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
  /// Every error, and what else there is to say of what was loaded anew.
  Diagnostics diagnostics;
  Diagnostics withdrawn;  // what was said of it before
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
  explicit SnapshotLoader(std::string path)
      : path_(path), config_(std::move(path)) {}

  /// Reads what has changed and may be read. True if other files count now:
  /// they have to be looked at, and to rest, before anything is judged.
  bool read(const files::Scope& scope);

  /// Makes a snapshot of what was read. Policies and certificates are two
  /// groups, and each is taken as a whole or not at all: in the place of a bad
  /// one stays what `serving` has (null: there is nothing, so both have to be
  /// good). Certificates are bad when a host would have a worse one than now:
  /// a renewal is half done then. That a host never had one is no reason; see
  /// servable_domains().
  LoadedSnapshot judge(const Snapshot* serving, std::chrono::sys_seconds now,
                       Allowances allowed = k_all_allowed);

  /// Both at once.
  LoadedSnapshot load(const files::Scope& scope, const Snapshot* serving,
                      std::chrono::sys_seconds now);

  /// Says that the last snapshot serves now.
  void accept();

  /// Lets the next load look at every host and every fault anew: certificates
  /// expire, and lacks of descriptors end, without any file changing.
  void recheck();

  /// What differs on the disk from what was loaded.
  files::FileChanges look(const files::Scope& scope,
                          files::FileVisitor* also = nullptr) const;
  /// The same without what can't matter; see CertificateFinder::pass_over().
  files::FileChanges find_changes(const files::Scope& scope,
                                  files::FileVisitor* also);

 private:
  using Domains = std::set<std::string>;
  /// What there is to say since it was last said.
  struct News {
    Diagnostics diagnostics;
    Diagnostics withdrawn;

    void add(Diagnostics more, Diagnostics gone);
  };

  void add_news(tls::FoundCertificates found);
  Domains touched_hosts(const config::Live& live);
  bool find_losses(const Snapshot& serving, const config::Live& live,
                   const Domains& domains, std::chrono::sys_seconds now,
                   LoadedSnapshot& loaded);
  void check_hosts(const config::Live& live, const Domains& domains,
                   std::chrono::sys_seconds now, LoadedSnapshot& loaded);

  std::string path_;
  config::Loader config_;
  config::Loaded last_config_;     // as it was read last
  bool is_main_restless_ = false;  // its includes are not taken either
  std::vector<std::string> certificate_paths_;
  tls::CertificateFinder finder_;
  tls::CertificateStore store_;
  News policy_news_;
  tls::FoundCertificates certificate_news_;  // `findings` and what follows
  std::vector<tls::CertificatePtr> new_certificates_;
  Domains policies_touched_;  // since the last that was accepted
  Domains certificates_touched_;
  Domains rechecked_;
  bool takes_policies_ = false;  // of the last judgement
  bool takes_certificates_ = false;
  std::map<std::string, Diagnostics> hosts_;  // domains with a finding
  Diagnostics verdicts_;  // of the last judgement, on what was read
  bool is_recheck_ = false;
};

/// All at once: the one load of a command that ends.
LoadedSnapshot load_snapshot(const std::string& path,
                             std::chrono::sys_seconds now);

}  // namespace mtasts::snapshot
