// SPDX-License-Identifier: MIT
// All certificates of one snapshot, by the names they are for.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostic.hpp"
#include "dns/name_map.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {

/// How good the best certificate for a host is.
enum class Quality { none, flawed, good };

class CertificateStore {
 public:
  CertificateStore() = default;
  explicit CertificateStore(const std::vector<CertificatePtr>& certificates);

  /// This one with some others; what they have in common is shared.
  CertificateStore with(const std::vector<CertificatePtr>& added,
                        const std::vector<CertificatePtr>& removed) const;

  /// What to offer for `host` (lower case): at most one certificate for each
  /// kind of key. The exact name goes before a wildcard; of two for the same
  /// name one that is valid now wins, then one without a flaw, then the one
  /// that lasts longer.
  std::vector<CertificatePtr> find(std::string_view host) const;

  /// Of the certificates for `host` that are valid at `time`.
  Quality quality(std::string_view host, std::chrono::sys_seconds time) const;

  bool is_usable(std::string_view host, std::chrono::sys_seconds time) const {
    return quality(host, time) != Quality::none;
  }

  bool has(const CertificatePtr& certificate) const;

  /// Different certificates, not names.
  std::size_t size() const { return size_; }

  /// Each certificate under each of its names: `visit(name, certificates)`.
  template <class Visit>
  void for_each(Visit visit) const {
    by_name_.for_each(visit);
  }

 private:
  using List = std::vector<CertificatePtr>;

  /// The best first; null when there is none.
  const List* find_all(std::string_view host) const;

  dns::NameMap<List> by_name_;  // wildcards under their full name
  std::size_t size_ = 0;
};

/// What is wrong, or soon will be, with the certificates of the policy host
/// `host`. `place` is blamed when there is none.
Diagnostics check_host(const CertificateStore& store, const std::string& host,
                       const std::string& place, std::chrono::sys_seconds now);

/// Whole days that are left; negative when it is over.
long days_left(const Certificate& certificate, std::chrono::sys_seconds now);

}  // namespace mtasts::tls
