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
#include "shared.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {

/// How good the best certificate for a host is.
enum class Quality { none, flawed, good };
Quality quality_of(const Certificate& certificate,
                   std::chrono::sys_seconds time);

class CertificateStore {
 public:
  CertificateStore() = default;
  explicit CertificateStore(const std::vector<CertificatePtr>& certificates);

  /// This one with some others; what they have in common is shared.
  CertificateStore with(const std::vector<CertificatePtr>& added,
                        const std::vector<CertificatePtr>& removed) const;

  /// What to offer for `host` (lower case) at `time`: at most one certificate
  /// for each kind of key, over the exact name and a wildcard. What is not
  /// valid then is left out as long as anything is valid, then what has a flaw
  /// as long as anything is without. Of one kind the exact name goes before a
  /// wildcard, then the one that lasts longer. One whose key is broken is never
  /// offered.
  std::vector<CertificatePtr> find(std::string_view host,
                                   std::chrono::sys_seconds time) const;

  /// Every certificate for `host`, whatever is wrong with it; those of the
  /// exact name first.
  std::vector<CertificatePtr> find_all(std::string_view host) const;

  /// Of the certificates for `host` that are valid at `time`.
  Quality quality(std::string_view host, std::chrono::sys_seconds time) const;

  bool is_usable(std::string_view host, std::chrono::sys_seconds time) const {
    return quality(host, time) != Quality::none;
  }

  bool has(const CertificatePtr& certificate) const;

  /// Different certificates, not names.
  std::size_t size() const { return size_; }

  /// Each certificate under each of its names: `visit(name, certificate)`.
  template <class Visit>
  void for_each(Visit visit) const {
    by_name_.for_each([&](std::string_view name, const Listed& listed) {
      visit(name, listed.best);
      for (const CertificatePtr& one : listed.others) visit(name, one);
    });
  }

 private:
  /// Those of one name, of which there is nearly always one.
  struct Listed {
    CertificatePtr best;
    SharedList<CertificatePtr> others;  // the better one first
  };

  /// `visit(certificate)`: those of the exact name and then those of a
  /// wildcard, the best of each first.
  template <class Visit>
  void for_each_of(std::string_view host, Visit visit) const;
  std::vector<CertificatePtr> named(std::string_view name) const;

  dns::NameMap<Listed> by_name_;  // wildcards under their full name
  std::size_t size_ = 0;
};

/// What is wrong, or soon will be, with the certificates of the policy host
/// `host`. `place` is blamed when there is none.
Diagnostics check_host(const CertificateStore& store, const std::string& host,
                       const std::string& place, std::chrono::sys_seconds now);

/// How long before its end a renewal is overdue. ACME clients renew when a
/// third of the life is left, of a short one half: 45 days at 15, 6 days at 3.
/// They look once a day, so that they have a day for it; for lives of less than
/// six days, a third of the time.
std::chrono::seconds overdue_before_end(std::chrono::seconds life);

/// Since when its renewal is overdue, as its life goes; see
/// `certificate.expires-soon`.
std::chrono::sys_seconds overdue_from(const Certificate& certificate);

/// Whole days that are left; negative when it is over.
long days_left(const Certificate& certificate, std::chrono::sys_seconds now);

}  // namespace mtasts::tls
