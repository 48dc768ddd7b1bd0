// SPDX-License-Identifier: MIT
// What a server has shown of itself in a TLS handshake, as plain values. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mtasts::tls {

struct PeerCertificate {
  std::string subject = {};  // for people: "CN=mx.example.com"
  std::string issuer = {};
  std::vector<std::string> dns_names = {};  // of subjectAltName, in lower case
  std::chrono::sys_seconds not_before = {};
  std::chrono::sys_seconds not_after = {};
  std::string key = {};       // "RSA 2048", "ECDSA P-256"
  std::string weakness = {};  // what is weak in it: "RSA 1024"; empty: nothing
  std::string issuer_url = {};  // caIssuers (RFC 5280, 4.2.2.1); may be empty
  std::string sha256 = {};      // of the DER, 64 hex digits
  std::string key_sha256 = {};  // of the SubjectPublicKeyInfo, 64 hex digits

  friend bool operator==(const PeerCertificate&,
                         const PeerCertificate&) = default;
};

/// Whether the chain leads to a root that is trusted here, whatever the hour
/// and the name.
enum class Trust : std::uint8_t {
  unknown,  // no handshake, or no roots to judge by
  trusted,
  incomplete,   // an intermediate is missing that its issuer offers elsewhere
  self_signed,  // the leaf is its own issuer
  untrusted,    // it ends at a root, or an issuer, that nobody knows here
  invalid,      // a signature or a constraint in it is wrong
};

/// A record of DANE (RFC 6698), and whether the chain fits it.
enum class TlsaMatch : std::uint8_t { unusable, matches, differs };

struct PeerFacts {
  bool is_established = false;  // the handshake came to its end
  std::string failure = {};   // why it did not: "alert 112 (unrecognized name)"
  std::string version = {};   // "TLSv1.3"
  std::string protocol = {};  // the one of ALPN that was chosen; may be empty
  std::vector<PeerCertificate> chain = {};  // as sent: the leaf first
  Trust trust = Trust::unknown;
  std::string trust_reason = {};     // OpenSSL's words unless trusted
  std::vector<TlsaMatch> tlsa = {};  // one for each that was given

  friend bool operator==(const PeerFacts&, const PeerFacts&) = default;
};

}  // namespace mtasts::tls
