// SPDX-License-Identifier: MIT
// What DER (X.690) is made of, and what a certificate (RFC 5280) and a private
// key say of themselves, read straight from their octets. OpenSSL 3.0 needs
// 200 us to parse a certificate and 125 us for a key; of many thousand only a
// few are in use at a time, and only those are parsed by it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtasts::tls {

struct DerElement {
  std::uint8_t tag;
  std::string_view content;
  std::string_view whole;  // with its tag and length
};

/// Takes elements from the front of octets that have to outlive it.
class DerReader {
 public:
  explicit DerReader(std::string_view octets) : rest_(octets) {}

  bool is_at_end() const { return rest_.empty(); }

  /// Nothing when no whole element is left. A tag has one octet here, and a
  /// length its shortest form.
  std::optional<DerElement> next();

  /// Nothing, and nothing taken, when the next element has another tag.
  std::optional<DerElement> next(std::uint8_t tag);

 private:
  std::string_view rest_;
};

enum class KeyKind { rsa, ecdsa, ed25519, other };

/// Views of the octets that it was read from.
struct CertificateFacts {
  std::string_view issuer;   // as DER
  std::string_view subject;  // as DER
  KeyKind key_kind = KeyKind::other;
  std::size_t key_bits = 0;         // 0 when it is not known
  std::string_view public_key;      // the bits of subjectPublicKey
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

/// The public key that is inside of a private key in the form of
/// CertificateFacts::public_key. Empty when it isn't there in plain sight:
/// only OpenSSL can tell then.
std::string find_public_key(std::string_view private_key);

/// A private key for ECDSA: views of the octets that it was read from.
struct EcKey {
  std::string_view curve;   // by its NIST name; empty when it is another one
  std::string_view secret;  // a number, its highest octet first
  std::string_view point;   // the public key; empty when it isn't there
};

/// Nothing when `private_key` is of another kind. Of a curve that is named
/// here, secret and point have the size that they must have.
std::optional<EcKey> find_ec_key(std::string_view private_key);

/// The bits of a SubjectPublicKeyInfo; empty when `der` is none.
std::string_view read_public_key_info(std::string_view der);

}  // namespace mtasts::tls
