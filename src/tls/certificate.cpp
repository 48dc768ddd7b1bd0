// SPDX-License-Identifier: MIT
#include "tls/certificate.hpp"

#include <algorithm>
#include <utility>

namespace mtasts::tls {

Result<CertificatePtr> Certificate::make(Chain chain, KeyDer key,
                                         text::Path file, Flaw flaw) {
  const ReadCertificate& leaf = *chain.front();
  if (public_key_of(key->octets()) != leaf.public_key()) {
    return fail("the private key does not belong to the certificate");
  }
  if (leaf.dns_names().empty()) {
    return fail("the certificate has no DNS name in its subjectAltName",
                "senders look at no other field (RFC 8461, 3.3)");
  }
  const Shared<Certificate> made(new Certificate());
  made->chain_ = std::move(chain);
  made->key_ = std::move(key);
  made->file_ = std::move(file);
  made->flaw_ = flaw;
  return CertificatePtr(made);
}

const ReadCertificate& Certificate::first_to_end() const {
  const bool is_issuer =
      chain_.size() > 1 && chain_[1]->not_after() < leaf().not_after();
  return *chain_[is_issuer ? 1 : 0];
}

bool operator==(const Certificate& a, const Certificate& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x->der() == y->der();
  };
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
