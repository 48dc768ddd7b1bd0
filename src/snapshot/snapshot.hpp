// SPDX-License-Identifier: MIT
// What is served at a time, immutable: policies and certificates, each the last
// good ones. Requests read it, a reload replaces it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "tls/certificate_store.hpp"

namespace mtasts::snapshot {

struct Snapshot {
  config::Startup startup;
  config::Live live;
  std::shared_ptr<const tls::CertificateStore> certificates;
  bool needs_certificates = true;  // of what is bound; see config/listeners.hpp

  /// The policy of the host that `authority` names, whatever its case, port
  /// and trailing dot; null when it is not served here.
  const publish::Publication* find_authority(std::string_view authority) const;
};

/// The host of an authority as names are compared: lower case, no port, no
/// trailing dot.
std::string normalise_host(std::string_view authority);

/// The policy domain whose policy host `name`, of a certificate, covers:
/// a.example for mta-sts.a.example, and for *.a.example.
std::optional<std::string> find_covered(std::string_view name);

/// All policy domains in the order of the configuration.
std::vector<std::string> all_domains(const config::Live& live);

/// True if it is served, with a certificate that is valid at `now` if one is
/// needed.
bool is_servable(const Snapshot& snapshot, std::string_view domain,
                 std::chrono::sys_seconds now);

/// Those of `domains` that are.
std::vector<std::string> servable_domains(const Snapshot& snapshot,
                                          std::vector<std::string> domains,
                                          std::chrono::sys_seconds now);

/// Those of `domains` whose records have to be published now: `newer` can
/// serve them, and `older` had other records for them or could not.
std::vector<std::string> changed_domains(
    const Snapshot& older, const Snapshot& newer,
    const std::vector<std::string>& domains, std::chrono::sys_seconds now);

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

}  // namespace mtasts::snapshot
