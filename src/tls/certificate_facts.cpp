// SPDX-License-Identifier: MIT
#include "tls/certificate_facts.hpp"

#include <openssl/asn1.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "dns/name.hpp"
#include "text/ascii.hpp"
#include "tls/der.hpp"
#include "tls/openssl.hpp"

namespace mtasts::tls {
namespace {

using namespace std::string_view_literals;

constexpr auto k_subject_key_id = "\x55\x1D\x0E"sv;
constexpr auto k_subject_alt_name = "\x55\x1D\x11"sv;
constexpr auto k_basic_constraints = "\x55\x1D\x13"sv;
constexpr auto k_authority_key_id = "\x55\x1D\x23"sv;
constexpr auto k_extended_key_usage = "\x55\x1D\x25"sv;
constexpr auto k_certificate_extensions = "\x55\x1D"sv;  // all of RFC 5280
constexpr auto k_authority_info = "\x2B\x06\x01\x05\x05\x07\x01\x01"sv;
constexpr auto k_ca_issuers = "\x2B\x06\x01\x05\x05\x07\x30\x02"sv;
constexpr auto k_server_auth = "\x2B\x06\x01\x05\x05\x07\x03\x01"sv;
constexpr auto k_acme_identifier = "\x2B\x06\x01\x05\x05\x07\x01\x1F"sv;
constexpr auto k_poison = "\x2B\x06\x01\x04\x01\xD6\x79\x02\x04\x03"sv;
constexpr auto k_any_usage = "\x55\x1D\x25\x00"sv;

constexpr std::array k_weak_signatures = {
    "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x04"sv,  // MD5 with RSA
    "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05"sv,  // SHA-1 with RSA
    "\x2A\x86\x48\xCE\x38\x04\x03"sv,          // SHA-1 with DSA
    "\x2A\x86\x48\xCE\x3D\x04\x01"sv,          // SHA-1 with ECDSA
};

/// RFC 5280, 4.1.2.5: "491231235959Z" as a UTCTime, of 1950 to 2049, or
/// "20500101000000Z" as a GeneralizedTime. OpenSSL would take other zones too.
std::optional<std::chrono::sys_seconds> read_time(DerReader& reader) {
  const std::optional<DerElement> element = reader.next();
  if (!element || !element->content.ends_with('Z') ||
      element->content.size() != (element->tag == k_utc_time ? 13U : 15U)) {
    return std::nullopt;
  }
  const auto time = parse_der<d2i_ASN1_TIME, ASN1_TIME_free>(element->whole);
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time.get(), &parts) != 1) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

/// X.690, 8.2.2: true is any octet but zero. DER has FF alone, and OpenSSL
/// takes the others too.
bool is_true(std::string_view boolean) {
  return boolean.find_first_not_of('\0') != std::string_view::npos;
}

/// RFC 5280, 4.2.1.12:
///   ExtKeyUsageSyntax ::= SEQUENCE OF OBJECT IDENTIFIER
bool allows_servers(std::string_view value) {
  DerReader usages(DerReader(value).take(k_sequence));
  while (const std::optional<DerElement> usage = usages.next(k_oid)) {
    if (usage->content == k_server_auth || usage->content == k_any_usage) {
      return true;
    }
  }
  return false;
}

/// RFC 5280, 4.2.2.1:
///   AuthorityInfoAccessSyntax ::= SEQUENCE OF SEQUENCE {
///     accessMethod   OBJECT IDENTIFIER,
///     accessLocation GeneralName }
bool has_issuer_url(std::string_view value) {
  DerReader entries(DerReader(value).take(k_sequence));
  while (const std::optional<DerElement> entry = entries.next(k_sequence)) {
    DerReader inner(entry->content);
    if (inner.take(k_oid) == k_ca_issuers) return true;
  }
  return false;
}

/// `value` is what the OCTET STRING has. Of RFC 5280, 4.2.1.1, 4.2.1.2 and
/// 4.2.1.9:
///   AuthorityKeyIdentifier ::= SEQUENCE {
///     keyIdentifier [0] IMPLICIT OCTET STRING OPTIONAL, ... }
///   SubjectKeyIdentifier   ::= OCTET STRING
///   BasicConstraints       ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, ... }
void read_extension(std::string_view id, std::string_view value,
                    CertificateFacts& facts) {
  DerReader reader(value);
  if (id == k_subject_alt_name) {
    facts.alt_names = value;
  } else if (id == k_basic_constraints) {
    DerReader inner(reader.take(k_sequence));
    facts.is_authority = is_true(inner.take(k_boolean));
  } else if (id == k_subject_key_id) {
    facts.subject_key_id = reader.take(k_octet_string);
  } else if (id == k_authority_key_id) {
    DerReader inner(reader.take(k_sequence));
    facts.authority_key_id = inner.take(context_tag(0));
  } else if (id == k_extended_key_usage) {
    facts.is_for_servers = allows_servers(value);
  } else if (id == k_authority_info) {
    facts.names_issuer_url = has_issuer_url(value);
  }
}

UnknownCritical classify_critical(std::string_view id) {
  if (id.starts_with(k_certificate_extensions) || id == k_authority_info) {
    return UnknownCritical::none;
  }
  return id == k_acme_identifier ? UnknownCritical::acme_challenge
         : id == k_poison        ? UnknownCritical::precertificate
                                 : UnknownCritical::other;
}

/// RFC 5280, 4.1.2.9, of which `fields` has only this left:
///   [3] EXPLICIT SEQUENCE OF Extension OPTIONAL
///   Extension ::= SEQUENCE {
///     extnID    OBJECT IDENTIFIER,
///     critical  BOOLEAN DEFAULT FALSE,
///     extnValue OCTET STRING }
/// False when it isn't DER to its end: of the extensions behind a fault none
/// would be seen, and a certificate would have lost its names.
bool read_extensions(DerReader& fields, CertificateFacts& facts) {
  if (fields.is_at_end()) return true;
  DerReader outer(fields.take(explicit_tag(3)));
  DerReader list(outer.take(k_sequence));
  while (const std::optional<DerElement> one = list.next(k_sequence)) {
    DerReader extension(one->content);
    const std::string_view id = extension.take(k_oid);
    const bool is_critical = is_true(extension.take(k_boolean));
    const std::optional<DerElement> value = extension.next(k_octet_string);
    if (!value) return false;
    read_extension(id, value->content, facts);
    if (is_critical && facts.unknown_critical == UnknownCritical::none) {
      facts.unknown_critical = classify_critical(id);
    }
  }
  return list.is_at_end() && outer.is_at_end() && fields.is_at_end();
}

}  // namespace

// RFC 5280, 4.2.1.6:
//   SubjectAltName ::= SEQUENCE OF GeneralName
//   GeneralName    ::= CHOICE { dNSName [2] IMPLICIT IA5String, ... }
std::vector<std::string_view> CertificateFacts::dns_names() const {
  std::vector<std::string_view> all;
  DerReader names(DerReader(alt_names).take(k_sequence));
  while (const std::optional<DerElement> name = names.next()) {
    if (name->tag == context_tag(2)) all.push_back(name->content);
  }
  return all;
}

// RFC 5280, 4.1:
//   Certificate    ::= SEQUENCE { TBSCertificate, AlgorithmIdentifier,
//                                 signature BIT STRING }
//   TBSCertificate ::= SEQUENCE {
//     version         [0] EXPLICIT INTEGER DEFAULT 0,
//     serialNumber    INTEGER,
//     signature       AlgorithmIdentifier,
//     issuer          Name,
//     validity        SEQUENCE { notBefore Time, notAfter Time },
//     subject         Name,
//     publicKey       SubjectPublicKeyInfo,
//     issuerUniqueID  [1] IMPLICIT BIT STRING OPTIONAL,
//     subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,
//     extensions      [3] ... OPTIONAL }
//   Name and AlgorithmIdentifier are each a SEQUENCE.
std::optional<CertificateFacts> read_facts(std::string_view der) {
  CertificateFacts facts;
  DerReader certificate(only_sequence(der));
  DerReader fields(certificate.take(k_sequence));
  DerReader algorithm(certificate.take(k_sequence));
  const std::string_view signature = algorithm.take(k_oid);
  facts.has_weak_signature =
      std::find(k_weak_signatures.begin(), k_weak_signatures.end(),
                signature) != k_weak_signatures.end();
  fields.next(explicit_tag(0));  // version
  fields.next(k_integer);        // serial number
  fields.next(k_sequence);       // signature algorithm once more
  const std::optional<DerElement> issuer = fields.next(k_sequence);
  DerReader validity(fields.take(k_sequence));
  const auto not_before = read_time(validity);
  const auto not_after = read_time(validity);
  const std::optional<DerElement> subject = fields.next(k_sequence);
  const std::optional<DerElement> info = fields.next(k_sequence);
  if (!issuer || !subject || !not_before || !not_after || !info) {
    return std::nullopt;
  }
  const std::optional<PublicKey> key = read_public_key(info->whole);
  if (!key) return std::nullopt;
  facts.key = *key;
  facts.issuer = issuer->whole;
  facts.subject = subject->whole;
  facts.not_before = *not_before;
  facts.not_after = *not_after;
  // Nobody has written unique identifiers for decades (4.1.2.8).
  fields.next(context_tag(1));
  fields.next(context_tag(2));
  if (!read_extensions(fields, facts)) return std::nullopt;
  return facts;
}

}  // namespace mtasts::tls
