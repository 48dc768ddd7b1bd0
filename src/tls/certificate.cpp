// SPDX-License-Identifier: MIT
#include "tls/certificate.hpp"

#include <algorithm>
#include <utility>

namespace mtasts::tls {

Result<Certificate> Certificate::make(Chain chain, KeyDer key,
                                      std::shared_ptr<const std::string> file,
                                      Flaw flaw) {
  const CertificateFacts& leaf = chain.front()->facts;
  if (public_key_of(key->octets()) != leaf.key.octets) {
    return fail("the private key does not belong to the certificate");
  }
  if (leaf.dns_names.empty()) {
    return fail("the certificate has no DNS name in its subjectAltName",
                "senders look at no other field (RFC 8461, 3.3)");
  }
  Certificate certificate;
  certificate.chain_ = std::move(chain);
  certificate.chain_.shrink_to_fit();
  certificate.key_ = std::move(key);
  certificate.file_ = std::move(file);
  certificate.flaw_ = flaw;
  return certificate;
}

bool operator==(const Certificate& a, const Certificate& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x->der == y->der;
  };
  return a.file() == b.file() && a.flaw_ == b.flaw_ &&
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
