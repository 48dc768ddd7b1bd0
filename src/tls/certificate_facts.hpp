// SPDX-License-Identifier: MIT
// What a certificate (RFC 5280) says of itself, read straight from its octets.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tls/key.hpp"

namespace mtasts::tls {

/// Views of the octets that it was read from.
struct CertificateFacts {
  std::string_view issuer;   // as DER
  std::string_view subject;  // as DER
  PublicKey key;
  bool has_weak_signature = false;  // by MD5 or SHA-1
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
  std::vector<std::string> dns_names;  // of subjectAltName, in lower case
  std::string_view subject_key_id;     // empty when it has none
  std::string_view authority_key_id;   // empty when it has none
  bool is_authority = false;           // RFC 5280, 4.2.1.9
  bool is_for_servers = true;          // RFC 5280, 4.2.1.12
  /// The first critical extension that no client of TLS knows, as an OID: such
  /// a certificate is refused (RFC 5280, 4.2). Empty when it has none.
  std::string_view unknown_critical;
  bool names_issuer_url = false;  // RFC 5280, 4.2.2.1: caIssuers
};

/// Nothing when `der` is no certificate.
std::optional<CertificateFacts> read_certificate(std::string_view der);

}  // namespace mtasts::tls
