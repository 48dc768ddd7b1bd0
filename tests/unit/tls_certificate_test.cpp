// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "test_certificates.hpp"
#include "tls/certificate.hpp"

namespace mtasts::tls {
namespace {

using namespace std::string_literals;

void bad(const Result<Certificate>& made, std::string_view message) {
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, message);
}

TEST(TlsCertificate, KnowsItsFacts) {
  const TestPair pair = make_pair("DNS:MTA-STS.a.example,DNS:*.b.example");
  const CertificatePtr one = make_certificate(pair, "there.pem");
  EXPECT_EQ(one->names(),
            (std::vector<std::string>{"mta-sts.a.example", "*.b.example"}));
  EXPECT_EQ(one->key_kind(), KeyKind::ecdsa);
  EXPECT_EQ(one->file(), "there.pem");
  EXPECT_EQ(one->leaf_der(), pair.der());
  EXPECT_EQ(one->chain().size(), 1U);
  EXPECT_EQ(one->not_after() - one->not_before(), std::chrono::days(90));
  EXPECT_EQ(
      make_certificate(make_pair("DNS:a.example", KeyKind::rsa))->key_kind(),
      KeyKind::rsa);
}

TEST(TlsCertificate, IsValidFromItsFirstToItsLastSecond) {
  const CertificatePtr one = make_certificate(make_pair("DNS:a.example"));
  const std::chrono::seconds second(1);
  EXPECT_TRUE(one->is_valid_at(one->not_before()));
  EXPECT_TRUE(one->is_valid_at(one->not_after()));
  EXPECT_FALSE(one->is_valid_at(one->not_before() - second));
  EXPECT_FALSE(one->is_valid_at(one->not_after() + second));
}

// RFC 8461, 3.3.
TEST(TlsCertificate, CoversHosts) {
  const CertificatePtr one = make_certificate(
      make_pair("DNS:mta-sts.a.example,DNS:*.b.example,DNS:m*.c.example,"
                "DNS:x.*.d.example,IP:192.0.2.1,email:mta-sts@e.example"));
  const auto covers = [&](std::string_view host) {
    return std::any_of(
        one->names().begin(), one->names().end(),
        [host](std::string_view name) { return is_covered(name, host); });
  };
  for (const std::string_view host :
       {"mta-sts.a.example", "mta-sts.b.example", "x.b.example"}) {
    EXPECT_TRUE(covers(host)) << host;
  }
  for (const std::string_view host :
       {"", ".", "a.example", "x.mta-sts.a.example", "b.example", ".b.example",
        "x.y.b.example", "mta-sts.c.example", "x.y.d.example", "192.0.2.1",
        "e.example", "example"}) {
    EXPECT_FALSE(covers(host)) << host;
  }
}

TEST(TlsCertificate, NeedsANameInItsSubjectAltName) {
  for (const std::string_view san : {"", "IP:192.0.2.1"}) {
    const TestPair pair = make_pair(san);
    bad(Certificate::make({share(pair.der())}, share_key(pair.key_der()),
                          "a.pem"),
        "the certificate has no DNS name in its subjectAltName");
  }
}

TEST(TlsCertificate, NeedsItsOwnKey) {
  const TestPair pair = make_pair("DNS:a.example");
  const TestPair other = make_pair("DNS:a.example");
  const TestPair rsa = make_pair("DNS:a.example", KeyKind::rsa);
  for (const TestPair* wrong : {&other, &rsa}) {
    bad(Certificate::make({share(pair.der())}, share_key(wrong->key_der()),
                          "a.pem"),
        "the private key does not belong to the certificate");
  }
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(TlsCertificate, RefusesWhatCanNotBeParsed) {
  const TestPair pair = make_pair("DNS:a.example");
  const KeyDer key = share_key(pair.key_der());
  const std::string der = pair.der();
  for (const std::string& bad_der :
       {std::string("x"), der.substr(0, der.size() - 1), der + "x"}) {
    bad(Certificate::make({share(bad_der)}, key, "a.pem"),
        "has a certificate that can't be parsed");
  }
  bad(Certificate::make({share(der)}, share_key("x"), "a.pem"),
      "the private key does not belong to the certificate");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

// OpenSSL's reading of the same octets is the second opinion.
TEST(TlsDer, ReadsWhatOpenSslReads) {
  for (const auto kind : {KeyKind::ecdsa, KeyKind::rsa}) {
    const TestPair ca = make_pair("CA", kind);
    const TestPair pair = make_pair("DNS:a.example", kind, {}, &ca);
    const std::string der = pair.der();
    const std::optional<CertificateFacts> facts = read_certificate(der);
    ASSERT_TRUE(facts);
    unsigned char* raw = nullptr;
    const int size =
        i2d_X509_NAME(X509_get_issuer_name(pair.certificate.get()), &raw);
    ASSERT_GT(size, 0);
    EXPECT_EQ(facts->issuer, std::string_view(reinterpret_cast<char*>(raw),
                                              static_cast<std::size_t>(size)));
    OPENSSL_free(raw);
    const ASN1_BIT_STRING* bits =
        X509_get0_pubkey_bitstr(pair.certificate.get());
    EXPECT_EQ(facts->public_key,
              std::string_view(reinterpret_cast<const char*>(bits->data),
                               static_cast<std::size_t>(bits->length)));
    EXPECT_EQ(static_cast<int>(facts->key_bits),
              EVP_PKEY_get_bits(pair.key.get()));
    EXPECT_FALSE(facts->is_authority);
    const std::string authority = ca.der();
    EXPECT_TRUE(read_certificate(authority)->is_authority);
  }
}

std::string take_der(unsigned char* raw, int size) {
  std::string der(reinterpret_cast<char*>(raw), static_cast<std::size_t>(size));
  OPENSSL_free(raw);
  return der;
}

/// RFC 5208, 5.
std::string wrap(const KeyPtr& key) {
  unsigned char* raw = nullptr;
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key.get());
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &raw);
  PKCS8_PRIV_KEY_INFO_free(info);
  return take_der(raw, size);
}

/// What the key signs can be verified with the other.
bool is_the_key_of(const KeyPtr& secret, const KeyPtr& other) {
  const std::array<unsigned char, 3> text = {1, 2, 3};
  std::array<unsigned char, 256> signature;
  std::size_t size = signature.size();
  EVP_MD_CTX* signing = EVP_MD_CTX_new();
  EVP_MD_CTX* verifying = EVP_MD_CTX_new();
  const bool good = EVP_DigestSignInit(signing, nullptr, EVP_sha256(), nullptr,
                                       secret.get()) == 1 &&
                    EVP_DigestSign(signing, signature.data(), &size,
                                   text.data(), text.size()) == 1 &&
                    EVP_DigestVerifyInit(verifying, nullptr, EVP_sha256(),
                                         nullptr, other.get()) == 1 &&
                    EVP_DigestVerify(verifying, signature.data(), size,
                                     text.data(), text.size()) == 1;
  EVP_MD_CTX_free(signing);
  EVP_MD_CTX_free(verifying);
  return good;
}

TEST(TlsDer, ParsesKeysOfEachCurveInEachForm) {
  for (const char* curve : {"P-256", "P-384", "P-521", "secp256k1"}) {
    const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
    unsigned char* raw = nullptr;
    const int size = i2d_PrivateKey(key.get(), &raw);
    for (const std::string& der : {take_der(raw, size), wrap(key)}) {
      const KeyPtr parsed = parse_key(der);
      ASSERT_NE(parsed, nullptr) << curve;
      EXPECT_EQ(EVP_PKEY_eq(parsed.get(), key.get()), 1) << curve;
      EXPECT_TRUE(is_the_key_of(parsed, key)) << curve;
      const std::optional<EcKey> seen = find_ec_key(der);
      ASSERT_TRUE(seen);
      EXPECT_EQ(seen->curve, curve[0] == 'P' ? curve : "");
    }
  }
}

TEST(TlsDer, SeesNoCurveWhereTwoAreNamed) {
  const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  unsigned char* raw = nullptr;
  const int size = i2d_PrivateKey(key.get(), &raw);
  const std::string bare = take_der(raw, size);
  // RFC 5915, 3: the parameters stand once more in the key itself.
  const std::string fields =
      "\x02\x01\x00\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05"
      "\x2B\x81\x04\x00\x22\x04"s +
      static_cast<char>(bare.size()) + bare;
  const std::string wrapped =
      "\x30\x81"s + static_cast<char>(fields.size()) + fields;
  EXPECT_EQ(find_ec_key(bare)->curve, "P-256");
  EXPECT_EQ(find_ec_key(wrapped)->curve, "");
}

TEST(TlsDer, FindsThePublicKeyInEveryFormOfAKey) {
  for (const auto kind : {KeyKind::ecdsa, KeyKind::rsa}) {
    const TestPair pair = make_pair("DNS:a.example", kind);
    const std::string der = pair.der();
    const std::string_view want = read_certificate(der)->public_key;
    EXPECT_EQ(find_public_key(pair.key_der()), want);  // of its algorithm
    const std::string wrapped = wrap(pair.key);
    EXPECT_EQ(find_public_key(wrapped), want);
    EXPECT_EQ(public_key_of(wrapped), want);
  }
}

TEST(TlsDer, NeverReadsBeyondAnyCut) {
  const TestPair pair = make_pair("DNS:a.example");
  const std::string der = pair.der();
  const std::string key = pair.key_der();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(read_certificate(std::string(der.substr(0, size)))) << size;
  }
  for (std::size_t size = 0; size < key.size(); ++size) {
    EXPECT_EQ(find_public_key(std::string(key.substr(0, size))), "") << size;
  }
}

}  // namespace
}  // namespace mtasts::tls
