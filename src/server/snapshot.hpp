// SPDX-License-Identifier: MIT
// All that one load yields, immutable: policies and certificates together, so
// that they can never disagree. Requests read it, a reload replaces it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "diagnostic.hpp"
#include "file.hpp"
#include "server/site.hpp"
#include "tls/certificate_store.hpp"

namespace mtasts::server {

struct Snapshot {
  config::Startup startup;
  config::Live live;
  Site site;
  std::shared_ptr<const tls::CertificateStore> certificates;
};

struct LoadedSnapshot {
  std::shared_ptr<const Snapshot> snapshot;  // null when a file is bad
  Diagnostics diagnostics;
  Inputs inputs;  // complete also when loading failed
};

/// Reads the configuration at `path` and the certificates it names. A policy
/// host without a certificate does not stop it; see servable_domains().
LoadedSnapshot load_snapshot(const std::string& path);

/// The policy hosts of all domains.
std::vector<std::string> policy_hosts(const config::Live& live);

/// The policy domains whose policy host has a certificate that is valid now.
std::vector<std::string> servable_domains(const Snapshot& snapshot);

/// The policy hosts that `older` can serve now and `newer`, which still lists
/// them, could not.
std::vector<std::string> find_losses(const Snapshot& older,
                                     const Snapshot& newer);

/// All policy domains in the order of the configuration.
std::vector<std::string> all_domains(const config::Live& live);

/// Holds the current snapshot. One writer, any number of readers. A mutex and
/// not std::atomic<std::shared_ptr>, in which ThreadSanitizer sees a race
/// inside libstdc++ 12.
class SnapshotHolder {
 public:
  explicit SnapshotHolder(std::shared_ptr<const Snapshot> first)
      : current_(std::move(first)) {}

  std::shared_ptr<const Snapshot> get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void replace(std::shared_ptr<const Snapshot> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
    generation_.fetch_add(1, std::memory_order_release);
  }
  /// Changes with every replace(): a cheap way to ask for news.
  std::uint64_t generation() const {
    return generation_.load(std::memory_order_acquire);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
  std::atomic<std::uint64_t> generation_{0};
};

}  // namespace mtasts::server
