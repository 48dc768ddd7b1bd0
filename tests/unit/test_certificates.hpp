// SPDX-License-Identifier: MIT
// Certificates and keys that are made when a test needs them.
#pragma once

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "tls/certificate.hpp"
#include "tls/key.hpp"
#include "tls/openssl.hpp"

namespace mtasts {

struct FreeTestBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using TestBio = std::unique_ptr<BIO, FreeTestBio>;

inline std::string take_text(const TestBio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

using tls::KeyKind;

/// A certificate with its key.
struct TestPair {
  tls::X509Ptr certificate;
  tls::KeyPtr key;

  std::string der() const {
    const TestBio bio(BIO_new(BIO_s_mem()));
    EXPECT_EQ(i2d_X509_bio(bio.get(), certificate.get()), 1);
    return take_text(bio);
  }
  std::string key_der() const {
    const TestBio bio(BIO_new(BIO_s_mem()));
    EXPECT_EQ(i2d_PrivateKey_bio(bio.get(), key.get()), 1);
    return take_text(bio);
  }
  std::string pem() const {
    const TestBio bio(BIO_new(BIO_s_mem()));
    EXPECT_EQ(PEM_write_bio_X509(bio.get(), certificate.get()), 1);
    return take_text(bio);
  }
  /// Encrypted when there is a password.
  std::string key_pem(std::string password = {}) const {
    const TestBio bio(BIO_new(BIO_s_mem()));
    EXPECT_EQ(
        PEM_write_bio_PKCS8PrivateKey(
            bio.get(), key.get(),
            password.empty() ? nullptr : EVP_aes_128_cbc(), password.data(),
            static_cast<int>(password.size()), nullptr, nullptr),
        1);
    return take_text(bio);
  }
};

/// Days from now, at which it begins and ends to be valid.
struct Life {
  int from = -10;
  int to = 80;
};

/// A leaf for the names of `san`, "DNS:a.example,DNS:b.example" (none when it
/// is empty), or with "CA" for `san` an authority. One without an issuer
/// signs itself.
inline TestPair make_pair(std::string_view san, KeyKind kind = KeyKind::ecdsa,
                          Life life = {}, const TestPair* issuer = nullptr) {
  TestPair pair{
      tls::X509Ptr(X509_new()),
      tls::KeyPtr(
          kind == KeyKind::rsa
              ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})
              : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"))};
  X509* x = pair.certificate.get();
  X509_set_version(x, X509_VERSION_3);
  static long serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  const std::time_t now = std::time(nullptr);
  constexpr std::time_t k_day = 24 * 60 * 60;
  ASN1_TIME_set(X509_getm_notBefore(x), now + life.from * k_day);
  ASN1_TIME_set(X509_getm_notAfter(x), now + life.to * k_day);
  X509_set_pubkey(x, pair.key.get());
  const bool authority = san == "CA";
  const std::string subject =
      (authority ? "ca " : "leaf ") + std::to_string(serial);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(x), "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
  const auto add = [x](int nid, const std::string& value) {
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    EXPECT_NE(extension, nullptr) << value;
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  };
  add(NID_basic_constraints,
      authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!authority && !san.empty()) add(NID_subject_alt_name, std::string(san));
  const TestPair& signer = issuer == nullptr ? pair : *issuer;
  X509_set_issuer_name(x, X509_get_subject_name(signer.certificate.get()));
  EXPECT_GT(X509_sign(x, signer.key.get(), EVP_sha256()), 0);
  return pair;
}

inline text::Path share_path(const std::string& path) { return path; }

inline tls::KeyDer share_key(std::string der) {
  return tls::Secret::take(std::move(der));
}

inline tls::CertificatePtr make_certificate(const TestPair& pair,
                                            std::string file = "leaf.pem") {
  const Result<tls::CertificatePtr> made = tls::Certificate::make(
      {tls::ReadCertificate::read(pair.der())}, share_key(pair.key_der()),
      share_path(std::move(file)));
  EXPECT_TRUE(made);
  return *made;
}

/// Its secret is another one than its public half says.
inline tls::CertificatePtr make_broken(std::string_view san) {
  const TestPair pair = make_pair(san);
  std::string key = pair.key_der();
  const std::string secret(tls::find_ec_key(key)->secret);
  key[key.find(secret) + secret.size() - 1] ^= 1;
  return *tls::Certificate::make({tls::ReadCertificate::read(pair.der())},
                                 share_key(std::move(key)),
                                 share_path("broken"));
}

}  // namespace mtasts
