// SPDX-License-Identifier: MIT
#include "tls/certificate.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace mtasts::tls {

Result<Certificate> Certificate::make(std::vector<Der> chain, KeyDer key,
                                      std::string file, Flaw flaw) {
  std::optional<CertificateFacts> facts = read_certificate(*chain.front());
  if (!facts) return fail("has a certificate that can't be parsed");
  if (public_key_of(key->octets()) != facts->key.octets) {
    return fail("the private key does not belong to the certificate");
  }
  if (facts->dns_names.empty()) {
    return fail("the certificate has no DNS name in its subjectAltName",
                "senders look at no other field (RFC 8461, 3.3)");
  }
  Certificate certificate;
  certificate.chain_ = std::move(chain);
  certificate.chain_.shrink_to_fit();
  certificate.key_ = std::move(key);
  certificate.file_ = std::move(file);
  certificate.names_ = std::move(facts->dns_names);
  certificate.names_.shrink_to_fit();
  certificate.not_before_ = facts->not_before;
  certificate.not_after_ = facts->not_after;
  certificate.key_kind_ = facts->key.kind;
  certificate.flaw_ = flaw;
  return certificate;
}

bool operator==(const Certificate& a, const Certificate& b) {
  const auto same = [](const Der& x, const Der& y) { return *x == *y; };
  return a.file_ == b.file_ && a.flaw_ == b.flaw_ &&
         a.key_der() == b.key_der() &&
         std::equal(a.chain_.begin(), a.chain_.end(), b.chain_.begin(),
                    b.chain_.end(), same);
}

bool is_covered(std::string_view name, std::string_view host) {
  if (!name.starts_with("*.")) return name == host;
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 &&
         host.substr(dot) == name.substr(1);
}

}  // namespace mtasts::tls
