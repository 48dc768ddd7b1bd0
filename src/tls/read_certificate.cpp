// SPDX-License-Identifier: MIT
#include "tls/read_certificate.hpp"

#include <algorithm>
#include <optional>

#include "text/ascii.hpp"

namespace mtasts::tls {
namespace {

bool has_capital(std::string_view name) {
  return std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

ReadCertificatePtr ReadCertificate::read(std::string_view der) {
  const std::optional<CertificateFacts> facts = read_facts(der);
  if (!facts) return nullptr;
  const bool needs_copy = std::ranges::any_of(facts->dns_names(), has_capital);
  const std::size_t more = needs_copy ? facts->alt_names.size() : 0;
  return ReadCertificatePtr(new (Behind{der.size() + more})
                                ReadCertificate(der, *facts, more));
}

/// `more`: octets for a copy of the names.
ReadCertificate::ReadCertificate(std::string_view der,
                                 const CertificateFacts& facts,
                                 std::size_t more)
    : der_octets_(static_cast<std::uint32_t>(der.size())),
      key_kind_(facts.key.kind),
      unknown_critical_(facts.unknown_critical),
      flags_{.has_weak_signature = facts.has_weak_signature,
             .is_authority = facts.is_authority,
             .is_for_servers = facts.is_for_servers,
             .names_issuer_url = facts.names_issuer_url},
      key_bits_(facts.key.bits),
      not_before_(facts.not_before),
      not_after_(facts.not_after) {
  auto* behind = reinterpret_cast<char*>(this + 1);
  der.copy(behind, der.size());
  const auto part = [der](std::string_view one) {
    return one.empty()
               ? Part{}
               : Part{static_cast<std::uint32_t>(one.data() - der.data()),
                      static_cast<std::uint32_t>(one.size())};
  };
  issuer_ = part(facts.issuer);
  subject_ = part(facts.subject);
  key_ = part(facts.key.octets);
  names_ = part(facts.alt_names);
  subject_key_id_ = part(facts.subject_key_id);
  authority_key_id_ = part(facts.authority_key_id);
  if (more == 0) return;
  facts.alt_names.copy(behind + der.size(), more);
  for (const std::string_view name : facts.dns_names()) {
    const std::ptrdiff_t at = name.data() - facts.alt_names.data();
    text::to_lower(name).copy(behind + der.size() + at, name.size());
  }
  names_.begin = der_octets_;
}

CertificateFacts ReadCertificate::facts() const {
  return {.issuer = view(issuer_),
          .subject = view(subject_),
          .key = {.kind = key_kind_, .bits = key_bits_, .octets = view(key_)},
          .not_before = not_before_,
          .not_after = not_after_,
          .alt_names = view(names_),
          .subject_key_id = view(subject_key_id_),
          .authority_key_id = view(authority_key_id_),
          .has_weak_signature = flags_.has_weak_signature,
          .is_authority = flags_.is_authority,
          .is_for_servers = flags_.is_for_servers,
          .names_issuer_url = flags_.names_issuer_url,
          .unknown_critical = unknown_critical_};
}

}  // namespace mtasts::tls
