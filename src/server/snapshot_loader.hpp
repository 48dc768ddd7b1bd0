// SPDX-License-Identifier: MIT
// Makes snapshots from files, each from the one before and from what has
// changed since.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "diagnostic.hpp"
#include "server/snapshot.hpp"
#include "tls/certificate_files.hpp"

namespace mtasts::server {

struct LoadedSnapshot {
  std::shared_ptr<const Snapshot> snapshot;  // null when it must not serve
  /// Every error, and what else there is to say of what was loaded anew.
  Diagnostics diagnostics;
  Diagnostics withdrawn;  // what was said of it before
  /// Domains whose policy or certificate may differ from the last snapshot
  /// that was accepted. Sorted.
  std::vector<std::string> touched;
  std::vector<tls::CertificatePtr> new_certificates;
  bool has_new_inputs = false;  // there may be other directories to watch
};

class SnapshotLoader {
 public:
  /// `path` is the configuration. Nothing is read yet.
  explicit SnapshotLoader(std::string path) : config_(std::move(path)) {}

  /// Reads what has changed. Fails also when a host would have a worse
  /// certificate than in `serving` (may be null): a renewal is half done then.
  /// A host that never had one is no reason to fail; see servable_domains().
  LoadedSnapshot load(const Scope& scope, const Snapshot* serving);

  /// Says that the last snapshot serves now.
  void accept();

  /// Lets the next load look at every host and every fault anew: certificates
  /// expire, and lacks of descriptors end, without any file changing.
  void recheck();

  /// What differs on the disk from what was loaded.
  FileChanges look(const Scope& scope, FileVisitor* also = nullptr) const;

 private:
  void touch(const std::vector<std::string>& domains);
  void touch(const std::vector<tls::CertificatePtr>& certificates);
  void touch_names(const std::vector<std::string>& names);
  bool find_losses(const Snapshot& serving, const config::Live& live,
                   LoadedSnapshot& loaded) const;
  void check_hosts(const config::Live& live, LoadedSnapshot& loaded);

  config::Loader config_;
  std::vector<std::string> certificate_paths_;
  tls::CertificateFinder finder_;
  tls::CertificateStore store_;
  std::vector<tls::CertificatePtr> new_certificates_;
  std::set<std::string> touched_;  // since the last that was accepted
  std::map<std::string, Diagnostics> hosts_;  // domains with a finding
  bool is_recheck_ = false;
};

/// All at once: the one load of a command that ends.
LoadedSnapshot load_snapshot(const std::string& path);

}  // namespace mtasts::server
