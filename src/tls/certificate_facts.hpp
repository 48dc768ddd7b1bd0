// SPDX-License-Identifier: MIT
// What a certificate (RFC 5280) says of itself, read straight from its octets.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tls/key.hpp"

namespace mtasts::tls {

/// The first critical extension that no client of TLS knows: a certificate with
/// one is refused (RFC 5280, 4.2).
enum class UnknownCritical : std::uint8_t {
  none,
  acme_challenge,  // RFC 8737, 3
  precertificate,  // RFC 6962, 3.1
  other,
};

/// Views of the octets that it was read from.
struct CertificateFacts {
  std::string_view issuer;   // as DER
  std::string_view subject;  // as DER
  PublicKey key;
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
  std::string_view alt_names;         // subjectAltName as DER
  std::string_view subject_key_id;    // empty when it has none
  std::string_view authority_key_id;  // empty when it has none
  bool has_weak_signature = false;    // by MD5 or SHA-1
  bool is_authority = false;          // RFC 5280, 4.2.1.9
  bool is_for_servers = true;         // RFC 5280, 4.2.1.12
  bool names_issuer_url = false;      // RFC 5280, 4.2.2.1: caIssuers
  UnknownCritical unknown_critical = UnknownCritical::none;

  /// The dNSName entries of subjectAltName, as they stand there.
  std::vector<std::string_view> dns_names() const;
};

/// Nothing when `der` is no certificate.
std::optional<CertificateFacts> read_facts(std::string_view der);

}  // namespace mtasts::tls
