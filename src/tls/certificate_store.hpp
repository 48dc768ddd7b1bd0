// SPDX-License-Identifier: MIT
// All certificates of one snapshot, by the names they are for.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "diagnostic.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {

class CertificateStore {
 public:
  explicit CertificateStore(std::vector<CertificatePtr> certificates);

  /// What to offer for `host` (lower case): at most one certificate with an
  /// ECDSA key and one with an RSA key. The exact name goes before a
  /// wildcard; of two for the same name one that is valid now wins, then the
  /// one that lasts longer.
  std::vector<CertificatePtr> find(std::string_view host) const;

  /// True if a certificate for `host` is valid at `time`.
  bool is_usable(std::string_view host, std::chrono::sys_seconds time) const;

  const std::vector<CertificatePtr>& all() const { return certificates_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Index = std::unordered_map<std::string, std::vector<CertificatePtr>,
                                   Hash, std::equal_to<>>;

  /// The longest-lived first; null when there is none.
  const std::vector<CertificatePtr>* find_all(std::string_view host) const;

  std::vector<CertificatePtr> certificates_;
  Index by_name_;  // wildcards under their full name, "*.example.net"
};

/// What is wrong, or soon will be, with the certificates of the policy hosts
/// `hosts`. `place` is blamed when there is none.
Diagnostics check_coverage(const CertificateStore& store,
                           const std::vector<std::string>& hosts,
                           const std::string& place,
                           std::chrono::sys_seconds now);

/// Whole days that are left; negative when it is over.
long days_left(const Certificate& certificate, std::chrono::sys_seconds now);

}  // namespace mtasts::tls
