// SPDX-License-Identifier: MIT
// A certificate (RFC 5280) and what it says, which is read once and goes with
// it from its file to the handshakes. Of 100,000 each octet counts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "shared.hpp"
#include "tls/certificate_facts.hpp"

namespace mtasts::tls {

class ReadCertificate;
using ReadCertificatePtr = Shared<const ReadCertificate>;

/// Views of it last as long as it does.
class ReadCertificate : public Counted {
 public:
  /// Null when `der` is no certificate.
  static ReadCertificatePtr read(std::string_view der);
  ReadCertificate(const ReadCertificate&) = delete;
  ReadCertificate& operator=(const ReadCertificate&) = delete;

  std::string_view der() const { return {octets(), der_octets_}; }
  CertificateFacts facts() const;
  /// Those of facts(), without making the rest of them.
  std::chrono::sys_seconds not_before() const { return not_before_; }
  std::chrono::sys_seconds not_after() const { return not_after_; }
  KeyKind key_kind() const { return key_kind_; }
  bool is_authority() const { return flags_.is_authority; }
  std::string_view public_key() const { return view(key_); }

  /// The dNSName entries of subjectAltName, in lower case.
  std::vector<std::string_view> dns_names() const {
    return facts().dns_names();
  }

 private:
  /// Of octets().
  struct Part {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct Flags {
    bool has_weak_signature : 1;
    bool is_authority : 1;
    bool is_for_servers : 1;
    bool names_issuer_url : 1;
  };

  ReadCertificate(std::string_view der, const CertificateFacts& facts,
                  std::size_t more);
  /// The DER, and then subjectAltName once more, in lower case, if it is not so
  /// in the DER.
  const char* octets() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view view(Part part) const {
    return {octets() + part.begin, part.size};
  }

  std::uint32_t der_octets_;
  KeyKind key_kind_;
  UnknownCritical unknown_critical_;
  Flags flags_;
  std::uint32_t key_bits_;
  std::chrono::sys_seconds not_before_;
  std::chrono::sys_seconds not_after_;
  Part issuer_;
  Part subject_;
  Part key_;
  Part names_;  // subjectAltName, in lower case
  Part subject_key_id_;
  Part authority_key_id_;
};

/// Starts with the leaf.
using Chain = SharedList<ReadCertificatePtr>;

}  // namespace mtasts::tls
