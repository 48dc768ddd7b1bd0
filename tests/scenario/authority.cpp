// SPDX-License-Identifier: MIT
#include "authority.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <memory>
#include <utility>

namespace mtasts::scenario {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, FreeBio>;

std::string take_text(const BioPtr& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* to, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(to, extension, -1);
  X509_EXTENSION_free(extension);
}

void add_extensions(X509* to, X509* issuer,
                    const std::vector<std::string>& hosts) {
  const bool is_leaf = !hosts.empty();
  const auto add = [&](int nid, const std::string& value) {
    add_extension(to, issuer, nid, value);
  };
  add(NID_basic_constraints,
      is_leaf ? "critical,CA:FALSE" : "critical,CA:TRUE");
  add(NID_key_usage,
      is_leaf ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
  add(NID_subject_key_identifier, "hash");
  add(NID_authority_key_identifier, "keyid");
  if (!is_leaf) return;
  add(NID_ext_key_usage, "serverAuth");
  std::string names;
  for (const std::string& host : hosts) {
    names += fmt::format("{}DNS:{}", names.empty() ? "" : ",", host);
  }
  add(NID_subject_alt_name, names);
}

}  // namespace

bool Authorities::issue(const Wish& wish) {
  const auto above = made_.find(wish.issuer);
  if (made_.contains(wish.name) ||
      (!wish.issuer.empty() && above == made_.end())) {
    return false;
  }
  Made made{tls::X509Ptr(X509_new()),
            tls::KeyPtr(wish.is_rsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA",
                                                        std::size_t{2048})
                                    : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC",
                                                        "P-256")),
            wish.issuer, wish.hosts.empty()};
  X509* x = made.certificate.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x),
                   static_cast<long>(made_.size() + 1));
  ASN1_TIME_set(X509_getm_notBefore(x), wish.from.time_since_epoch().count());
  ASN1_TIME_set(X509_getm_notAfter(x), wish.to.time_since_epoch().count());
  X509_set_pubkey(x, made.key.get());
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(x), "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
  const bool is_own = wish.issuer.empty();
  X509* issuer = is_own ? x : above->second.certificate.get();
  X509_set_issuer_name(x, X509_get_subject_name(issuer));
  add_extensions(x, issuer, wish.hosts);
  const EVP_PKEY* signer = is_own ? made.key.get() : above->second.key.get();
  if (X509_sign(x, const_cast<EVP_PKEY*>(signer), EVP_sha256()) <= 0) {
    return false;
  }
  made_.emplace(wish.name, std::move(made));
  return true;
}

std::string Authorities::chain(const std::string& name) const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  for (const Made* one = &made_.at(name);; one = &made_.at(one->issuer)) {
    if (one->issuer.empty() && one->is_authority) break;
    PEM_write_bio_X509(bio.get(), one->certificate.get());
    if (one->issuer.empty()) break;
  }
  return take_text(bio);
}

std::string Authorities::key(const std::string& name) const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), made_.at(name).key.get(), nullptr,
                                nullptr, 0, nullptr, nullptr);
  return take_text(bio);
}

void Authorities::trust(SSL_CTX* context) const {
  for (const auto& [name, one] : made_) {
    if (!one.is_authority || !one.issuer.empty()) continue;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.certificate.get());
  }
}

}  // namespace mtasts::scenario
