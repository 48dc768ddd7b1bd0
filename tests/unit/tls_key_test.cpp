// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <optional>
#include <string>

#include "test_certificates.hpp"
#include "tls/certificate_facts.hpp"
#include "tls/key.hpp"

namespace mtasts::tls {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string element(char tag, const std::string& content) {
  std::string der(1, tag);
  if (content.size() >= 0x100) {
    der += '\x82';
    der += static_cast<char>(content.size() >> 8U);
  } else if (content.size() >= 0x80) {
    der += '\x81';
  }
  return der + static_cast<char>(content.size() & 0xFFU) + content;
}

std::string rsa_numbers(const std::string& modulus) {
  return element('\x02', modulus) + element('\x02', "\x03");
}

/// RFC 8017, A.1.2, as far as it is read.
std::string rsa_key(const std::string& modulus) {
  return element('\x30', element('\x02', "\0"s) + rsa_numbers(modulus));
}

TEST(TlsKey, FindsThePublicKeyInRsaKeysOfAnySize) {
  // Elements of 127, 128, 255 and 256 octets are among them.
  for (std::size_t size = 100; size < 300; ++size) {
    const std::string modulus(size, '\x7F');
    EXPECT_EQ(plain_public_key(rsa_key(modulus)),
              element('\x30', rsa_numbers(modulus)))
        << size;
  }
}

// X.690, 8.3.2.
TEST(TlsKey, FindsNoPublicKeyInARsaKeyWithALongNumber) {
  EXPECT_NE(plain_public_key(rsa_key("\0\x80"s)), "");
  EXPECT_NE(plain_public_key(rsa_key("\x7F")), "");
  EXPECT_EQ(plain_public_key(rsa_key("\0\x7F"s)), "");
  EXPECT_EQ(plain_public_key(rsa_key("\0"s)), "");
  EXPECT_EQ(plain_public_key(rsa_key("\x80")), "");
  EXPECT_EQ(plain_public_key(rsa_key("")), "");
}

// A modulus without its leading zero octet is a negative number: what to make
// of it is left to OpenSSL.
TEST(TlsKey, FindsNoPublicKeyInAnRsaKeyWithANegativeNumber) {
  const std::string key = make_pair("DNS:a.example", KeyKind::rsa).key_der();
  ASSERT_FALSE(plain_public_key(key).empty());
  std::string bad = key;
  bad[bad.find("\x02\x82\x01\x01\0"sv) + 4] = '\x80';
  EXPECT_EQ(plain_public_key(bad), "");
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

TEST(TlsKey, ParsesKeysOfEachCurveInEachForm) {
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

TEST(TlsKey, SeesNoCurveWhereTwoAreNamed) {
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

TEST(TlsKey, FindsThePublicKeyInEveryFormOfAKey) {
  for (const auto kind : {KeyKind::ecdsa, KeyKind::rsa}) {
    const TestPair pair = make_pair("DNS:a.example", kind);
    const std::string der = pair.der();
    const std::string_view want = read_facts(der)->key.octets;
    EXPECT_EQ(plain_public_key(pair.key_der()), want);  // of its algorithm
    const std::string wrapped = wrap(pair.key);
    EXPECT_EQ(plain_public_key(wrapped), want);
    EXPECT_EQ(public_key_of(wrapped), want);
  }
}

/// What `key` is written as, and again with one bit of its last octets flipped.
void expect_to_know_a_flipped_bit(const KeyPtr& key) {
  unsigned char* raw = nullptr;
  const int size = i2d_PrivateKey(key.get(), &raw);
  for (std::string der : {take_der(raw, size), wrap(key)}) {
    const KeyPtr good = parse_key(der);
    ASSERT_NE(good, nullptr);
    EXPECT_TRUE(can_sign(der, good.get()));
    const std::optional<EcKey> ec = find_ec_key(der);
    if (!ec) continue;
    const auto secret =
        static_cast<std::size_t>(ec->secret.data() - der.data());
    for (const std::size_t back : {1U, 9U, 32U}) {
      std::string bad = der;
      bad[secret + ec->secret.size() - back] ^= '\x01';
      const KeyPtr parsed = parse_key(bad);
      ASSERT_NE(parsed, nullptr);
      EXPECT_FALSE(can_sign(bad, parsed.get()));
    }
  }
}

TEST(TlsKey, KnowsASecretThatDoesNotFitItsPoint) {
  for (const char* curve : {"P-256", "P-384", "P-521", "secp256k1"}) {
    SCOPED_TRACE(curve);
    expect_to_know_a_flipped_bit(
        KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve)));
  }
}

TEST(TlsKey, KnowsThatKeysOfOtherKindsCanSign) {
  expect_to_know_a_flipped_bit(make_pair("DNS:a.example", KeyKind::rsa).key);
  expect_to_know_a_flipped_bit(
      KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")));
}

// RFC 5480, 2.2 allows for a compressed point.
TEST(TlsKey, KnowsThatAKeyWithACompressedPointCanSign) {
  const KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  ASSERT_EQ(EVP_PKEY_set_utf8_string_param(
                key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED),
            1);
  expect_to_know_a_flipped_bit(key);
}

TEST(TlsKey, KnowsABrokenPair) {
  const CertificatePtr broken = make_broken("DNS:a.example");
  const KeyPtr key = parse_key(broken->key_der());
  ASSERT_NE(key, nullptr);
  EXPECT_FALSE(can_sign(broken->key_der(), key.get()));
}

TEST(TlsKey, NeverReadsBeyondAnyCut) {
  const std::string key = make_pair("DNS:a.example").key_der();
  for (std::size_t size = 0; size < key.size(); ++size) {
    EXPECT_EQ(plain_public_key(std::string(key.substr(0, size))), "") << size;
  }
}

}  // namespace
}  // namespace mtasts::tls
